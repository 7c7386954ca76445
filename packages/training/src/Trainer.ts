import {
  type BatchSignature,
  checkBatch,
  type Executable,
  type Feeds,
  type InputSpec,
  type Json,
  type NDArray,
  NonFiniteOutputError,
  NotFoundError,
  type Program,
  type Sample,
  type StateStore,
  type TensorsOf,
  TrainableSystem,
} from '@delira/core';
import type { Batch, Loader } from '@delira/data-loading';
import { Logger, ProgressBar } from '@delira/logging';
import type { Accumulator } from '@delira/metrics';
import { emaReads, renameReads, stepsPerUpdate } from '@delira/optim';
import { join } from 'node:path';
import { BatchGroups, type PreparedBatch } from './BatchGroups.js';
import type { Callback, RunView } from './Callback.js';
import { NonFiniteLossError } from './errors.js';
import { ProgramCache, signatureOf } from './ProgramCache.js';
import { addScalars, meansOf, type ScalarSums } from './ScalarMeans.js';
import { StepsPerCall } from './StepsPerCall.js';
import { Stopwatch } from './Stopwatch.js';
import { loadTrainerCheckpoint, type RunPosition, saveTrainerCheckpoint } from './TrainerCheckpoint.js';
import type { Timings, TrainerOptions } from './TrainerOptions.js';
import { watchSignals } from './watchSignals.js';

export interface Loaders {
  readonly train: Loader;
  readonly val?: Loader;
}

export interface FitOptions {
  /** Epochs in all, those before a resume included. */
  readonly epochs: number;
  /** Checkpoint to go on from. */
  readonly resume?: string;
  /** Whether SIGINT and SIGTERM stop after the current call, save and return; default true. */
  readonly handleSignals?: boolean;
}

export interface FitResult {
  /** Means and metrics of each epoch, validation's with `val_`. */
  readonly history: readonly Readonly<Record<string, number>>[];
  readonly step: number;
  /** Why the training ended early, or null. */
  readonly stopped: string | null;
  /** The signal that ended it, or null. */
  readonly signal: NodeJS.Signals | null;
  /** Where the state was saved last, or null. */
  readonly checkpoint: string | null;
  readonly timings: Timings;
}

type AnyState = Json;

const initialPosition = (seed: number): RunPosition => ({
  epoch: 0,
  batch: 0,
  step: 0,
  seed,
  sums: {},
  metrics: {},
  history: [],
  best: null,
  hyper: {},
});

function scalarsOf(output: Sample): Record<string, number> {
  return Object.fromEntries(
    Object.entries(output).flatMap(([name, { shape, data }]) => (shape.length === 0 ? [[name, data[0]!]] : [])),
  );
}

/** Trains and evaluates a network on any backend. */
export class Trainer<B extends TensorsOf<B>, P extends TensorsOf<P>> {
  readonly system: TrainableSystem<B, P>;
  readonly #options: TrainerOptions<B, P>;
  readonly #seed: number;
  readonly #metrics: readonly Accumulator<AnyState, number>[];
  readonly #callbacks: readonly Callback[];
  readonly #logger: Logger;
  readonly #bar: ProgressBar | null;
  readonly #stepsPerCall: StepsPerCall;
  readonly #trainPrograms: ProgramCache;
  readonly #evalPrograms = new Map<string, ProgramCache>();
  readonly #watch = new Stopwatch<'run' | 'data' | 'compile' | 'validation' | 'save'>();
  #state: Promise<StateStore> | null = null;
  #position: RunPosition;
  #lossNames: readonly string[] = [];
  #stop: string | null = null;

  constructor(options: TrainerOptions<B, P>) {
    this.#options = options;
    this.#seed = options.seed ?? 0;
    this.#position = initialPosition(this.#seed);
    this.#metrics = (options.metrics ?? []) as readonly Accumulator<AnyState, number>[];
    this.#callbacks = options.callbacks ?? [];
    this.#logger = options.logger ?? new Logger();
    this.#bar = options.progress === false ? null : (options.progress ?? new ProgressBar());
    this.#stepsPerCall = new StepsPerCall(options.stepsPerCall ?? 'auto');
    this.system = new TrainableSystem(options.network, { optimizers: options.optimizers, losses: options.losses });
    for (const name of Object.keys(options.schedules ?? {})) {
      if (!Object.hasOwn(this.system.hyper, name))
        throw new NotFoundError(
          `There is a schedule for "${name}", but the optimizers have the hypers ${Object.keys(this.system.hyper).join(', ') || 'none'}.`,
        );
    }
    this.#trainPrograms = this.#cache((signature) => {
      const program = this.system.traceTrain(signature, { outputs: this.#metrics.flatMap(({ needs }) => needs) });
      this.#lossNames = Object.keys(program.outputs).filter(
        (name) => program.avals[program.outputs[name]!]!.shape.length === 0,
      );
      return program;
    });
  }

  /** Epochs and steps done so far. */
  get position(): RunPosition {
    return this.#position;
  }

  #cache(trace: (signature: BatchSignature) => Program): ProgramCache {
    return new ProgramCache(this.#options.backend, trace, (name, signature, seconds) => {
      this.#watch.add('compile', seconds * 1000);
      this.#logger.text(`Compiled ${name} for ${signature} in ${seconds.toFixed(2)} s.`, 'debug');
    });
  }

  /** The device's state; created from the seed at first use. */
  state(): Promise<StateStore> {
    this.#state ??= this.#options.backend.createState(this.system.initialState(this.#seed));
    return this.#state;
  }

  #prepare(batch: Batch, names?: readonly string[]): PreparedBatch {
    const { network } = this.#options;
    const sample = network.prepareBatch(batch.sample);
    checkBatch(sample, network.inputs as Readonly<Record<string, InputSpec>>, names);
    return { sample, indices: batch.indices, rows: batch.indices.length };
  }

  /** Hypers of one step: a callback's value, else the schedule's, else the optimizer's default. */
  #hyperAt(step: number): Record<string, number> {
    const { schedules = {}, optimizers } = this.#options;
    return Object.fromEntries(
      Object.entries(this.system.hyper).map(([name, fallback]) => {
        const group = name.slice(0, name.lastIndexOf('.'));
        const update = Math.floor(step / stepsPerUpdate(optimizers[group]!));
        return [name, this.#position.hyper[name] ?? schedules[name]?.(update) ?? fallback];
      }),
    );
  }

  /**
   * Trains to `epochs`. The result is a pure function of the seeds, however the run is interrupted and resumed and however many steps
   * go into a call.
   *
   * @throws NonFiniteLossError with the batch's sample indices; the state of the last good step is kept and saved.
   */
  async fit(loaders: Loaders, options: FitOptions): Promise<FitResult> {
    if (options.resume !== undefined) await this.restore(options.resume);
    const start = performance.now();
    const before = {
      step: this.#position.step,
      run: this.#watch.spent('run'),
      data: this.#watch.spent('data'),
      compile: this.#watch.spent('compile'),
      validation: this.#watch.spent('validation'),
      save: this.#watch.spent('save'),
    };
    this.#stop = null;
    let signal: NodeJS.Signals | null = null;
    let checkpoint: string | null = null;
    const unwatch =
      options.handleSignals === false
        ? () => undefined
        : watchSignals((received) => {
            signal = received;
            this.#stop = `received ${received}`;
          });
    try {
      await this.#each('onTrainBegin', {});
      while (this.#position.epoch < options.epochs && this.#stop === null) {
        const finished = await this.#trainEpoch(loaders, options.epochs);
        const { epoch } = this.#position;
        const due = finished && (epoch % (this.#options.saveFrequency ?? 1) === 0 || epoch >= options.epochs);
        if (due || this.#stop !== null) checkpoint = (await this.#saveAs('last')) ?? checkpoint;
      }
      await this.#each('onTrainEnd', this.#position.history.at(-1) ?? {});
    } finally {
      unwatch();
      this.#bar?.finish();
    }
    const total = performance.now() - start;
    const spent = (name: 'run' | 'data' | 'compile' | 'validation' | 'save'): number =>
      this.#watch.spent(name) - before[name];
    const parts = {
      run: spent('run'),
      data: spent('data'),
      compile: spent('compile'),
      validation: spent('validation'),
      save: spent('save'),
    };
    const host = total - Object.values(parts).reduce((sum, part) => sum + part, 0);
    return {
      history: this.#position.history,
      step: this.#position.step,
      stopped: this.#stop,
      signal,
      checkpoint,
      timings: { ...parts, total, host, steps: this.#position.step - before.step },
    };
  }

  async #trainEpoch(loaders: Loaders, epochs: number): Promise<boolean> {
    const { epoch, batch: fromBatch } = this.#position;
    if (fromBatch === 0) await this.#each('onEpochBegin', this.#position.history.at(-1) ?? {});
    const groups = new BatchGroups(loaders.train.epoch(epoch, fromBatch), (batch) => this.#prepare(batch));
    let pending = await this.#watch.time('data', () => groups.next(this.#stepsPerCall.steps));
    const rows = pending[0]?.rows ?? 0;
    this.#bar?.start({
      label: `Epoch ${epoch + 1}/${epochs}`,
      total: Math.floor(loaders.train.samples / Math.max(1, rows)) * rows,
      initial: fromBatch * rows,
    });
    try {
      while (pending.length > 0 && this.#stop === null) {
        const group = pending;
        const executable = await this.#trainPrograms.get(group[0]!.sample);
        const start = performance.now();
        const running = this.#runGroup(executable, group);
        // The next batches load while the engine works.
        const loading = groups.next(this.#stepsPerCall.steps);
        loading.catch(() => undefined);
        const outputs = await running;
        const elapsed = performance.now() - start;
        this.#watch.add('run', elapsed);
        this.#stepsPerCall.observe(group.length, elapsed);
        await this.#advance(group, outputs);
        pending = await this.#watch.time('data', () => loading);
      }
    } finally {
      await groups.close();
    }
    if (pending.length > 0) return false;
    await this.#endEpoch(loaders.val);
    return true;
  }

  #feedsOf(group: readonly PreparedBatch[]): readonly Feeds[] {
    const { step } = this.#position;
    return group.map(({ sample }, index) => ({
      batch: sample,
      hyper: this.#hyperAt(step + index),
      seed: [this.#seed, step + index],
    }));
  }

  async #runGroup(executable: Executable, group: readonly PreparedBatch[]): Promise<readonly Sample[]> {
    const state = await this.state();
    const feeds = this.#feedsOf(group);
    try {
      return await executable.run(state, feeds, { finite: this.#lossNames });
    } catch (error) {
      if (!(error instanceof NonFiniteOutputError)) throw error;
      // Nothing was written: the good steps before it are done again, so that the state is that of the last good one.
      const good = group.slice(0, error.step);
      if (good.length > 0) await this.#advance(good, await executable.run(state, feeds.slice(0, error.step)));
      throw await this.#nonFinite(error, group[error.step]!);
    }
  }

  async #nonFinite(error: NonFiniteOutputError, batch: PreparedBatch): Promise<NonFiniteLossError> {
    const { step } = this.#position;
    const checkpoint = await this.#saveAs('last');
    const saved = checkpoint === null ? '' : ` The state before it is saved in ${checkpoint}.`;
    return new NonFiniteLossError(
      `The output "${error.output}" became ${error.value} at step ${step}, on the samples ${batch.indices.join(', ')} of the training set.${saved} Look at these samples, lower the learning rate, or clip gradients with clipByGlobalNorm.`,
      error.output,
      step,
      batch.indices,
      checkpoint,
      { cause: error },
    );
  }

  /** Takes over the results of a call: means, metrics, logs, callbacks. */
  async #advance(group: readonly PreparedBatch[], outputs: readonly Sample[]): Promise<void> {
    for (const [index, output] of outputs.entries()) {
      const { sample, rows } = group[index]!;
      const scalars = scalarsOf(output);
      const { position } = this;
      const hyper = this.#hyperAt(position.step);
      this.#position = {
        ...position,
        batch: position.batch + 1,
        step: position.step + 1,
        sums: addScalars(position.sums, scalars, rows),
        metrics: this.#updateMetrics(this.#metrics, position.metrics, output, sample),
      };
      this.#logger.scalars(
        { ...scalars, ...hyper },
        {
          period: 'step',
          step: this.#position.step,
          epoch: position.epoch,
          fold: this.#options.fold ?? null,
          level: 'debug',
        },
      );
      await this.#each('onBatchEnd', scalars);
    }
    const { batch, sums, metrics } = this.#position;
    const rows = group[0]?.rows ?? 0;
    this.#bar?.update(batch * rows, { ...meansOf(sums), ...this.#resultsOf(this.#metrics, metrics) });
  }

  #updateMetrics(
    metrics: readonly Accumulator<AnyState>[],
    states: Readonly<Record<string, AnyState>>,
    output: Sample,
    batch: Sample,
  ): Record<string, AnyState> {
    return Object.fromEntries(
      metrics.map((metric) => [metric.name, metric.update(states[metric.name] ?? metric.init(), output, batch)]),
    );
  }

  #resultsOf(
    metrics: readonly Accumulator<AnyState, number>[],
    states: Readonly<Record<string, AnyState>>,
  ): Record<string, number> {
    return Object.fromEntries(
      metrics.map((metric) => [metric.name, metric.result(states[metric.name] ?? metric.init())]),
    );
  }

  async #endEpoch(val: Loader | undefined): Promise<void> {
    const { epoch, step, sums, metrics } = this.#position;
    this.#bar?.finish();
    const values: Record<string, number> = { ...meansOf(sums), ...this.#resultsOf(this.#metrics, metrics) };
    if (val !== undefined) {
      const validation = await this.#watch.time('validation', () => this.evaluate(val));
      for (const [name, value] of Object.entries(validation)) values[`val_${name}`] = value;
    }
    this.#position = {
      ...this.#position,
      epoch: epoch + 1,
      batch: 0,
      sums: {},
      metrics: {},
      history: [...this.#position.history, values],
    };
    this.#logger.scalars(values, { period: 'epoch', step, epoch, fold: this.#options.fold ?? null });
    await this.#each('onEpochEnd', values);
    if (this.#improved(values)) await this.#saveAs('best');
  }

  #improved(values: Readonly<Record<string, number>>): boolean {
    const first = this.#options.metrics?.[0];
    const monitor =
      this.#options.monitor ?? (first === undefined ? undefined : { name: `val_${first.name}`, better: first.better });
    if (monitor === undefined) return false;
    const value = values[monitor.name];
    if (value === undefined) {
      if (this.#options.monitor !== undefined)
        throw new NotFoundError(
          `The monitored value "${monitor.name}" does not exist. There is: ${Object.keys(values).join(', ')}.`,
        );
      return false;
    }
    const { best } = this.#position;
    const better =
      Number.isFinite(value) && (best === null || (monitor.better === 'higher' ? value > best : value < best));
    if (better) this.#position = { ...this.#position, best: value };
    return better;
  }

  /** Means of the losses and the trainer's metrics over a whole set; the state stays as it is. */
  async evaluate(loader: Loader): Promise<Record<string, number>> {
    const { scalars, states } = await this.#evaluate(loader, this.#metrics);
    return { ...scalars, ...this.#resultsOf(this.#metrics, states) };
  }

  /** Results of accumulators, such as a confusion matrix, over a whole set. */
  async accumulate<R extends Readonly<Record<string, unknown>>>(
    loader: Loader,
    accumulators: { readonly [K in keyof R]: Accumulator<unknown, R[K]> },
  ): Promise<R> {
    const named = Object.entries(accumulators).map(([name, accumulator]) => ({
      name,
      needs: accumulator.needs,
      init: () => accumulator.init() as AnyState,
      update: (state: AnyState, output: Sample, batch: Sample) => accumulator.update(state, output, batch) as AnyState,
      result: (state: AnyState): unknown => accumulator.result(state),
    }));
    const { states } = await this.#evaluate(loader, named);
    return Object.fromEntries(
      named.map((accumulator) => [
        accumulator.name,
        accumulator.result(states[accumulator.name] ?? accumulator.init()),
      ]),
    ) as R;
  }

  async #evaluate(
    loader: Loader,
    accumulators: readonly Accumulator<AnyState>[],
  ): Promise<{ readonly scalars: Record<string, number>; readonly states: Record<string, AnyState> }> {
    const state = await this.state();
    const needed = [...new Set(accumulators.flatMap(({ needs }) => needs))].sort();
    const programs = this.#evalCache(needed);
    let sums: ScalarSums = {};
    let states: Record<string, AnyState> = {};
    let done = 0;
    this.#bar?.start({ label: 'Evaluation', total: loader.samples });
    for await (const batch of loader.epoch(0)) {
      const { sample, rows } = this.#prepare(batch);
      // A last, smaller batch gets a program of its own: padding it would falsify the mean of its loss.
      const executable = await programs.get(sample);
      const [output] = await executable.run(state, [{ batch: sample, hyper: {}, seed: [this.#seed, 0] }]);
      sums = addScalars(sums, scalarsOf(output!), rows);
      states = this.#updateMetrics(accumulators, states, output!, sample);
      done += rows;
      this.#bar?.update(done, meansOf(sums));
    }
    this.#bar?.finish();
    return { scalars: meansOf(sums), states };
  }

  #evalCache(needed: readonly string[]): ProgramCache {
    const key = needed.join();
    const known = this.#evalPrograms.get(key);
    if (known !== undefined) return known;
    const cache = this.#cache((signature) => this.#withAverages(this.system.traceEval(signature, { outputs: needed })));
    this.#evalPrograms.set(key, cache);
    return cache;
  }

  /** Evaluation reads the moving averages of groups that keep them. */
  #withAverages(program: Program): Program {
    const names = [...this.system.variables.keys()];
    const groups = Object.keys(this.#options.optimizers).filter((group) =>
      names.some((name) => name.startsWith(`optimizer.${group}.ema.`)),
    );
    return groups.reduce((renamed, group) => renameReads(renamed, emaReads(names, group)), program);
  }

  /** The prediction Program for samples like this batch, reading what evaluation reads: for export and for prediction backends. */
  predictProgram(batch: Sample): Program {
    return this.#withAverages(this.system.tracePredict(signatureOf(this.#options.network.prepareBatch(batch))));
  }

  /** Saves everything a resumed run needs. @throws WriteError; an earlier file at `path` is kept then. */
  async save(path: string): Promise<void> {
    this.#logger.flush();
    const variables = await (await this.state()).read();
    await saveTrainerCheckpoint(path, {
      position: this.#position,
      variables,
      network: { type: this.#typeName(), config: this.#options.network.config },
    });
  }

  #typeName(): string {
    const constructor = this.#options.network.constructor as { readonly type?: string; readonly name: string };
    return constructor.type ?? constructor.name;
  }

  async #saveAs(name: 'last' | 'best'): Promise<string | null> {
    const { savePath } = this.#options;
    if (savePath === undefined) return null;
    const path = join(savePath, `${name}.safetensors`);
    await this.#watch.time('save', () => this.save(path));
    return path;
  }

  /**
   * Goes back to a checkpoint: all variables and the position of the run. Everything is checked before anything changes.
   *
   * @throws CheckpointError, CheckpointMismatchError
   */
  async restore(path: string): Promise<void> {
    const variables = new Map(
      [...this.system.variables].map(([name, { aval }]) => [name, aval as Pick<NDArray, 'shape' | 'dtype'>]),
    );
    const checkpoint = await loadTrainerCheckpoint(path, { type: this.#typeName(), variables });
    await (await this.state()).write(checkpoint.variables);
    this.#position = checkpoint.position;
    this.#logger.resume({ step: checkpoint.position.step, fold: this.#options.fold ?? null });
  }

  async #each(hook: keyof Callback, metrics: Readonly<Record<string, number>>): Promise<void> {
    for (const callback of this.#callbacks) await callback[hook]?.(this.#view(metrics));
  }

  #view(metrics: Readonly<Record<string, number>>): RunView {
    const overrides = { ...this.#position.hyper };
    const { epoch, step } = this.#position;
    const hyper = new Proxy(overrides, {
      set: (target, name, value: unknown) => {
        if (typeof name !== 'string' || !Object.hasOwn(this.system.hyper, name) || typeof value !== 'number')
          return false;
        target[name] = value;
        this.#position = { ...this.#position, hyper: { ...this.#position.hyper, [name]: value } };
        return true;
      },
      get: (target, name) => (typeof name === 'string' ? (target[name] ?? this.#hyperAt(step)[name]) : undefined),
    });
    return {
      epoch,
      step,
      fold: this.#options.fold ?? null,
      metrics,
      hyper,
      stop: (reason) => {
        this.#stop = reason;
      },
      save: (path) => this.save(path),
    };
  }

  /** Frees the engine's sessions and state; the backend stays. */
  async dispose(): Promise<void> {
    await this.#trainPrograms.dispose();
    for (const cache of this.#evalPrograms.values()) await cache.dispose();
    if (this.#state !== null) await (await this.#state).dispose();
  }
}
