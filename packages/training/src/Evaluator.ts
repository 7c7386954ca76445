import {
  type Backend,
  type BatchSignature,
  InputError,
  type Json,
  type Program,
  type StateStore,
  type TensorsOf,
  type TrainableSystem,
} from '@delira/core';
import type { Loader } from '@delira/data-loading';
import type { ProgressBar } from '@delira/logging';
import type { Accumulator, Metric } from '@delira/metrics';
import { emaReads, renameReads } from '@delira/optim';
import { BatchGroups } from './BatchGroups.js';
import { type MetricStates, resultsOf, updateStates } from './MetricStates.js';
import { type BatchTaker, prepareBatch } from './PreparedBatch.js';
import { type CompileListener, ProgramCache } from './ProgramCache.js';
import { addScalars, meansOf, scalarsOf, type ScalarSums } from './ScalarMeans.js';
import type { EvaluateOptions, EvaluationWindows } from './TrainerOptions.js';
import { checkNeeds, WindowedPrediction } from './WindowedPrediction.js';
import { withoutTwins } from './withoutTwins.js';

export interface EvaluationOptions {
  readonly state: StateStore;
  readonly seed: number;
  readonly hyper: Readonly<Record<string, number>>;
  readonly bar: ProgressBar | null;
  /** What the progress bar says is going on. */
  readonly label: string;
  /** Asked before each batch; once it says true, the evaluation ends without a result. */
  readonly interrupted?: () => boolean;
  /** Outputs besides those the accumulators need. */
  readonly outputs?: readonly string[];
  readonly onBatch?: EvaluateOptions['onBatch'];
  /** Samples are predicted in these; null: as they come. */
  readonly windows?: EvaluationWindows | null;
}

export interface Evaluation<R> {
  /** Means over the samples. */
  readonly scalars: Readonly<Record<string, number>>;
  /** Of each accumulator by name. */
  readonly results: Readonly<Record<string, R>>;
}

/** Runs a network over whole sets without changing it; with the moving averages of groups that keep them. */
export class Evaluator<B extends TensorsOf<B>, P extends TensorsOf<P>> {
  readonly #caches = new Map<string, ProgramCache>();
  readonly #averages: ReadonlyMap<string, string>;

  constructor(
    private readonly system: TrainableSystem<B, P>,
    private readonly backend: Backend,
    groups: readonly string[],
    private readonly listener: CompileListener,
  ) {
    const names = [...system.variables.keys()];
    this.#averages = new Map(
      groups
        .filter((group) => names.some((name) => name.startsWith(`optimizer.${group}.ema.`)))
        .flatMap((group) => [...emaReads(names, group)]),
    );
  }

  /** The prediction Program, reading what evaluation reads. */
  tracePredict(signature: BatchSignature): Program {
    return renameReads(this.system.tracePredict(signature), this.#averages);
  }

  /** Null when interrupted. */
  async evaluate<R>(
    loader: Loader,
    accumulators: readonly Accumulator<Json, R>[],
    options: EvaluationOptions,
  ): Promise<Evaluation<R> | null> {
    const { windows = null } = options;
    if (windows !== null) return this.#evaluateWindows(loader, accumulators, options, windows);
    const { state, seed, hyper, bar, label, interrupted = () => false, outputs = [], onBatch } = options;
    const programs = this.#cache(needsOf(accumulators, outputs));
    const batches = this.#batches(loader);
    const metrics = accumulators.filter(isMetric);
    let sums: ScalarSums = {};
    let states: MetricStates = {};
    let done = 0;
    bar?.start({ label, total: loader.samples });
    try {
      let [batch] = await batches.next(1);
      while (batch !== undefined) {
        if (interrupted()) return null;
        const { sample, indices, rows } = batch;
        const { executable } = await programs.get(batch);
        const running = executable.run(state, [{ batch: sample, hyper, seed: [seed, 0] }]);
        // The next batch loads while the engine works.
        const loading = batches.next(1);
        loading.catch(() => undefined);
        const [output] = await running;
        sums = addScalars(sums, scalarsOf(output!), rows);
        const judged = updateStates(accumulators, states, { output: output!, batch: sample, indices });
        if (judged.failure !== null) throw judged.failure;
        states = judged.states;
        await onBatch?.({ indices, output: output!, batch: sample });
        done += rows;
        bar?.update(done, { ...meansOf(sums), ...resultsOf(metrics, states) });
        [batch] = await loading;
      }
    } finally {
      await batches.close();
      bar?.finish();
    }
    if (done === 0) throw noBatch();
    return { scalars: meansOf(sums), results: resultsOf(accumulators, states) };
  }

  async #evaluateWindows<R>(
    loader: Loader,
    accumulators: readonly Accumulator<Json, R>[],
    options: EvaluationOptions,
    windows: EvaluationWindows,
  ): Promise<Evaluation<R> | null> {
    const { state, seed, bar, label, interrupted = () => false, outputs = [], onBatch } = options;
    const { network } = this.system;
    for (const each of [...accumulators, { name: 'outputs', needs: outputs }]) checkNeeds(each);
    const prediction = new WindowedPrediction({
      network,
      backend: this.backend,
      state,
      seed,
      windows,
      trace: (signature) => this.tracePredict(signature),
      listener: this.listener,
    });
    const metrics = accumulators.filter(isMetric);
    let states: MetricStates = {};
    let done = 0;
    bar?.start({ label, total: loader.samples });
    try {
      for await (const batch of loader.epoch(0)) {
        if (interrupted()) return null;
        const { sample, indices, rows } = prepareBatch(network as unknown as BatchTaker, batch);
        const pred = await prediction.predict(batch, (share) => bar?.update(done + share * rows));
        const judged = updateStates(accumulators, states, { output: { pred }, batch: sample, indices });
        if (judged.failure !== null) throw judged.failure;
        states = judged.states;
        await onBatch?.({ indices, output: { pred }, batch: sample });
        done += rows;
        bar?.update(done, resultsOf(metrics, states));
      }
    } finally {
      await prediction.dispose();
      bar?.finish();
    }
    if (done === 0) throw noBatch();
    return { scalars: {}, results: resultsOf(accumulators, states) };
  }

  /**
   * Names of the values that an evaluation gives; from the first batch, without running anything.
   *
   * @throws InputError when there is no batch, or one that the network does not take.
   */
  async valueNames(
    loader: Loader,
    accumulators: readonly Accumulator<Json>[],
    windows: EvaluationWindows | null,
  ): Promise<readonly string[]> {
    if (windows !== null) return accumulators.map(({ name }) => name);
    const batches = this.#batches(loader);
    try {
      const [batch] = await batches.next(1);
      if (batch === undefined) throw noBatch();
      const programs = this.#cache(needsOf(accumulators));
      return [...programs.scalars(batch), ...accumulators.map(({ name }) => name)];
    } finally {
      await batches.close();
    }
  }

  #batches(loader: Loader): BatchGroups {
    const network = this.system.network as unknown as BatchTaker;
    return new BatchGroups(loader.epoch(0), {
      prepare: (batch) => prepareBatch(network, batch),
      // A last, smaller batch gets a Program of its own: padding it would falsify the mean of its loss.
      dropPartial: false,
      first: 0,
      total: loader.batches,
      rows: null,
    });
  }

  #cache(outputs: readonly string[]): ProgramCache {
    const key = outputs.join();
    const known = this.#caches.get(key);
    if (known !== undefined) return known;
    const trace = (signature: BatchSignature): Program =>
      withoutTwins(renameReads(this.system.traceEval(signature, { outputs }), this.#averages));
    const cache = new ProgramCache(this.backend, trace, this.listener);
    this.#caches.set(key, cache);
    return cache;
  }

  async dispose(): Promise<void> {
    for (const cache of this.#caches.values()) await cache.dispose();
  }
}

function needsOf(accumulators: readonly Accumulator<Json>[], others: readonly string[] = []): readonly string[] {
  return [...new Set([...others, ...accumulators.flatMap(({ needs }) => needs)])].sort();
}

function noBatch(): InputError {
  return new InputError('The loader gave no batch to evaluate. Check its dataset and sampler.');
}

/** Whether the result is a number to show. */
function isMetric<R>(accumulator: Accumulator<Json, R>): accumulator is Accumulator<Json, R> & Metric<Json> {
  return 'better' in accumulator;
}
