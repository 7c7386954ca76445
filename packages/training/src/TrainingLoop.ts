import { InputError, type Json, type NonFiniteOutputError, type StateStore, type TensorsOf } from '@delira/core';
import type { Loader } from '@delira/data-loading';
import { WriteError } from '@delira/io';
import type { Logger, ProgressBar } from '@delira/logging';
import type { Accumulator } from '@delira/metrics';
import { BatchGroups } from './BatchGroups.js';
import { CheckpointMismatchError, NonFiniteLossError } from './errors.js';
import type { FitClock } from './FitClock.js';
import type { Hooks } from './Hooks.js';
import { resultsOf } from './MetricStates.js';
import { improvement, type Monitor, noSuchValue } from './Monitor.js';
import { type BatchTaker, listIndices, prepareBatch, type PreparedBatch } from './PreparedBatch.js';
import type { Run } from './Run.js';
import type { RunCheckpoints } from './RunCheckpoints.js';
import { afterEpoch, type LoaderShape } from './RunPosition.js';
import { meansOf } from './ScalarMeans.js';
import type { StepsPerCall } from './StepsPerCall.js';
import type { FitOptions, FitResult, Loaders } from './TrainerOptions.js';
import type { CallResult, TrainSteps } from './TrainSteps.js';
import type { Turns } from './Turns.js';
import { watchSignals } from './watchSignals.js';

/** What a training is made of. */
export interface TrainingParts<B extends TensorsOf<B>, P extends TensorsOf<P>> {
  readonly network: BatchTaker;
  readonly run: Run;
  readonly state: () => Promise<StateStore>;
  readonly steps: TrainSteps<B, P>;
  readonly stepsPerCall: StepsPerCall;
  readonly turns: Turns;
  readonly metrics: readonly Accumulator<Json, number>[];
  /** Values of the validation set, or null when interrupted. */
  readonly validate: (loader: Loader, interrupted: () => boolean) => Promise<Readonly<Record<string, number>> | null>;
  /** Names of the values that gives. */
  readonly validationNames: (loader: Loader) => Promise<readonly string[]>;
  readonly monitor: Monitor;
  /** Whether the monitor was asked for, so that it must exist. */
  readonly monitorIsExplicit: boolean;
  readonly hooks: Hooks;
  readonly checkpoints: RunCheckpoints;
  /** Epochs between two checkpoints. */
  readonly saveFrequency: number;
  /** What happens when a checkpoint cannot be saved before the end. */
  readonly onSaveError: 'stop' | 'continue';
  readonly logger: Logger;
  readonly fold: number | null;
  readonly bar: ProgressBar | null;
  readonly clock: FitClock;
}

/** Goes through epochs and batches: what happens in which order, and what when something goes wrong. */
export class TrainingLoop<B extends TensorsOf<B>, P extends TensorsOf<P>> {
  /** Whether everything that is monitored is known to exist. */
  #isChecked = false;

  constructor(private readonly parts: TrainingParts<B, P>) {}

  async fit(loaders: Loaders, { epochs, handleSignals = true }: FitOptions): Promise<FitResult> {
    const { run, hooks, checkpoints, saveFrequency, logger, bar, clock } = this.parts;
    run.begin(epochs);
    const firstStep = run.position.step;
    const timings = clock.start();
    let signal: NodeJS.Signals | null = null;
    const onSignal = (received: NodeJS.Signals): void => {
      signal = received;
      run.stop(`received ${received}`);
      logger.text(`Received ${received}: stopping after the steps under way. Once more quits at once.`, 'warning');
    };
    const unwatch = handleSignals ? watchSignals(onSignal) : () => undefined;
    this.#isChecked = false;
    try {
      // Of an earlier call that could not save it: after another step it would be lost.
      if (checkpoints.bestIsDue) await this.#save(true);
      await hooks.call('onTrainBegin');
      while (run.position.epoch < epochs && run.stopped === null) {
        const finished = await this.#trainEpoch(loaders, epochs);
        const { epoch } = run.position;
        const isDue = finished && (epoch % saveFrequency === 0 || epoch >= epochs);
        const isLast = run.stopped !== null || epoch >= epochs;
        if (isLast || this.parts.onSaveError === 'stop') await this.#save(isDue || isLast);
        else await this.#saveIfPossible(isDue);
      }
      await this.#save(true);
      await hooks.call('onTrainEnd');
    } catch (error) {
      await this.#saveAfterFailure(error);
      await this.#tellFailure(error);
      throw error;
    } finally {
      unwatch();
      bar?.finish();
    }
    return {
      history: run.position.history,
      step: run.position.step,
      stopped: run.stopped,
      finished: run.stopped === null || run.isFinished || run.position.epoch >= epochs,
      signal,
      checkpoint: checkpoints.last,
      best: checkpoints.best,
      timings: timings(run.position.step - firstStep),
    };
  }

  /** Whether the epoch was finished; otherwise the training was stopped in it. */
  async #trainEpoch({ train, val }: Loaders, epochs: number): Promise<boolean> {
    const { network, run, steps, stepsPerCall, hooks, bar, clock } = this.parts;
    const { epoch, batch: first, loader: known } = run.position;
    refuseOtherLoader(train, known);
    if (first === 0) await hooks.call('onEpochBegin');
    const state = await clock.time('compile', this.parts.state);
    const groups = new BatchGroups(train.epoch(epoch, first), {
      prepare: (batch) => prepareBatch(network, batch),
      dropPartial: true,
      first,
      total: train.batches,
      rows: known?.rows ?? null,
    });
    try {
      let group = await clock.time('data', () => groups.next(stepsPerCall.steps));
      const loader: LoaderShape = { batches: train.batches, samples: train.samples, rows: groups.rows ?? 0 };
      if (group.length > 0) {
        const total = Math.floor(loader.samples / loader.rows) * loader.rows;
        bar?.start({ label: `Epoch ${epoch + 1}/${epochs}`, total, initial: first * loader.rows });
      } else if (first === 0) {
        throw new InputError(`The training loader gave no batch in epoch ${epoch}. Check its dataset and sampler.`);
      }
      while (group.length > 0 && run.stopped === null) {
        const program = await steps.compile(group[0]!);
        if (!this.#isChecked) await this.#checkNames(program.scalars, val);
        const { step } = run.position;
        for (let index = 0; index < group.length; index++) await hooks.call('onBatchBegin', { step: step + index });
        if (run.stopped !== null) break;
        const running = this.#call(program, state, group, loader);
        // The next batches load while the engine works.
        const loading = groups.next(stepsPerCall.steps);
        loading.catch(() => undefined);
        await this.#afterCall(await running, group, loader);
        if (run.stopped === null) group = await clock.time('data', () => loading);
      }
    } finally {
      await groups.close();
    }
    return run.stopped === null && (await this.#endEpoch(val));
  }

  /**
   * What is monitored exists, before anything is trained for it.
   *
   * @throws NotFoundError listing what there is.
   * @throws InputError for a validation set without a batch.
   */
  async #checkNames(scalars: readonly string[], val: Loader | undefined): Promise<void> {
    const { metrics, validationNames, monitor, monitorIsExplicit, hooks } = this.parts;
    if (val?.batches === 0)
      throw new InputError('The validation loader has no batch. Check its dataset and sampler, or train without one.');
    const wanted = [...(monitorIsExplicit ? [monitor.name] : []), ...hooks.monitors()];
    const names = [...new Set([...scalars, ...metrics.map(({ name }) => name)])];
    // Of the validation set, only where it is asked for: it takes loading a batch.
    if (val !== undefined && wanted.some((name) => !names.includes(name)))
      names.push(...(await validationNames(val)).map((name) => `val_${name}`));
    const unknown = wanted.find((name) => !names.includes(name));
    if (unknown !== undefined) throw noSuchValue(unknown, names);
    this.#isChecked = true;
  }

  #call(
    program: Awaited<ReturnType<TrainSteps<B, P>['compile']>>,
    state: StateStore,
    group: readonly PreparedBatch[],
    loader: LoaderShape,
  ): Promise<CallResult> {
    const { run, steps, stepsPerCall, turns, clock } = this.parts;
    return turns.take(async () => {
      const start = performance.now();
      const result = await steps.run(program, state, group, run.position, loader);
      const elapsed = performance.now() - start;
      clock.add('run', elapsed);
      if (result.failure === null) stepsPerCall.observe(group.length, elapsed);
      run.position = result.position;
      run.indices = group[result.steps.length - 1]?.indices ?? run.indices;
      return result;
    });
  }

  /** Shows a call's results and runs the hooks. @throws NonFiniteLossError for the step that was not good. */
  async #afterCall(
    { steps, failure, metricFailure }: CallResult,
    group: readonly PreparedBatch[],
    { rows }: LoaderShape,
  ): Promise<void> {
    const { run, hooks, bar } = this.parts;
    bar?.update(run.position.batch * rows, this.#epochValues());
    for (const { step, scalars } of steps) await hooks.call('onBatchEnd', { step, metrics: scalars });
    if (metricFailure !== null) throw metricFailure;
    if (failure !== null) throw await this.#nonFinite(failure, group[steps.length]!);
  }

  async #nonFinite(failure: NonFiniteOutputError, { indices }: PreparedBatch): Promise<NonFiniteLossError> {
    const { run, checkpoints } = this.parts;
    const { step } = run.position;
    let saved = '';
    try {
      await this.#save(true);
      if (checkpoints.last !== null) saved = ` The state before it is saved in ${checkpoints.last}.`;
    } catch (error) {
      saved = ` The state before it could not be saved: ${messageOf(error)}`;
    }
    return new NonFiniteLossError(
      `The output "${failure.output}" became ${failure.value} at step ${step}, on the samples ${listIndices(indices)} of the training set.${saved} Look at these samples, lower the learning rate, or clip gradients with clipByGlobalNorm.`,
      failure.output,
      step,
      indices,
      checkpoints.last,
      { cause: failure },
    );
  }

  #epochValues(): Record<string, number> {
    const { sums, metrics } = this.parts.run.position;
    return { ...meansOf(sums), ...resultsOf(this.parts.metrics, metrics) };
  }

  /** False when the training was stopped during validation: a resumed run validates again. */
  async #endEpoch(val: Loader | undefined): Promise<boolean> {
    const { run, validate, monitor, monitorIsExplicit, hooks, checkpoints, logger, fold, bar, clock } = this.parts;
    bar?.finish();
    const values = this.#epochValues();
    if (val !== undefined) {
      await hooks.call('onValidationBegin', { epoch: run.position.epoch });
      const validation = await clock.time('validation', () => validate(val, () => run.stopped !== null), 'compile');
      if (validation === null) return false;
      const named = Object.entries(validation).map(([name, value]) => [`val_${name}`, value] as const);
      Object.assign(values, Object.fromEntries(named));
      await hooks.call('onValidationEnd', { metrics: Object.fromEntries(named) });
    }
    const { epoch, step, best } = run.position;
    const better = improvement(values, best, monitor, monitorIsExplicit);
    if (better !== null) checkpoints.markBest(best);
    run.position = afterEpoch(run.position, values, better ?? best);
    logger.scalars(values, { period: 'epoch', step, epoch, fold });
    await hooks.call('onEpochEnd', { epoch });
    return true;
  }

  async #save(last: boolean): Promise<void> {
    const { checkpoints, hooks, clock } = this.parts;
    if (await clock.time('save', () => checkpoints.save({ last }))) await hooks.call('onSave');
  }

  /** The training goes on without the checkpoint; the earlier ones are as they were. */
  async #saveIfPossible(last: boolean): Promise<void> {
    const { checkpoints, logger } = this.parts;
    try {
      await this.#save(last);
    } catch (error) {
      if (!(error instanceof WriteError)) throw error;
      checkpoints.forgetBest();
      logger.text(`${error.message} The training goes on without this checkpoint.`, 'error');
    }
  }

  async #tellFailure(error: unknown): Promise<void> {
    const { hooks, logger } = this.parts;
    try {
      await hooks.failed(error);
    } catch (failure) {
      logger.text(`A callback's onError failed too: ${messageOf(failure)}`, 'error');
    }
  }

  /** Whatever ended the training, the steps done are not lost; `error` stays what is reported. */
  async #saveAfterFailure(error: unknown): Promise<void> {
    const { run, checkpoints, logger } = this.parts;
    const { step } = run.position;
    if (error instanceof NonFiniteLossError || error instanceof WriteError || step === 0) return;
    try {
      await this.#save(true);
      if (checkpoints.last !== null)
        logger.text(`The training failed; its state after step ${step} is in ${checkpoints.last}.`, 'error');
    } catch (failure) {
      const reason = messageOf(failure);
      logger.text(`The training failed, and its state after step ${step} could not be saved: ${reason}`, 'error');
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** @throws CheckpointMismatchError when an epoch would go on with other batches than it began with. */
function refuseOtherLoader({ batches, samples }: Loader, known: LoaderShape | null): void {
  if (known === null || (known.batches === batches && known.samples === samples)) return;
  throw new CheckpointMismatchError(
    `The run stands in the middle of an epoch of ${known.batches} batches with ${known.samples} samples; this loader gives ${batches} with ${samples}. Pass a loader over the same samples with the same batch size.`,
  );
}
