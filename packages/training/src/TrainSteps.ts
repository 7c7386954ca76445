import {
  type Backend,
  type Feeds,
  type Json,
  type NonFiniteOutputError,
  type StateStore,
  type TensorsOf,
  type TrainableSystem,
} from '@delira/core';
import type { Logger } from '@delira/logging';
import type { Accumulator } from '@delira/metrics';
import { checkNames } from './checkOptions.js';
import type { MetricError } from './errors.js';
import type { HyperValues } from './HyperValues.js';
import { updateStates } from './MetricStates.js';
import type { PreparedBatch } from './PreparedBatch.js';
import { type CompiledProgram, type CompileListener, ProgramCache, scalarOutputs } from './ProgramCache.js';
import { afterStep, type LoaderShape, type RunPosition } from './RunPosition.js';
import { runSteps } from './runSteps.js';
import { scalarsOf } from './ScalarMeans.js';
import { withoutTwins } from './withoutTwins.js';

export interface TrainStepsOptions {
  readonly hypers: HyperValues;
  readonly metrics: readonly Accumulator<Json>[];
  readonly seed: number;
  readonly fold: number | null;
  readonly logger: Logger;
}

/** What a call of the engine gave. */
export interface CallResult {
  /** Where the run is after the good steps. */
  readonly position: RunPosition;
  /** Each good step's number, counted from 1, and scalars. */
  readonly steps: readonly { readonly step: number; readonly scalars: Readonly<Record<string, number>> }[];
  /** What was wrong with the step after the good ones; null when all were good. */
  readonly failure: NonFiniteOutputError | null;
  /** What a metric threw on one of the good steps; they are done all the same. */
  readonly metricFailure: MetricError | null;
}

/** Runs training steps: what an engine does with batches, hypers and noise, and what that makes of a run's position. */
export class TrainSteps<B extends TensorsOf<B>, P extends TensorsOf<P>> {
  readonly #programs: ProgramCache;

  constructor(
    system: TrainableSystem<B, P>,
    backend: Backend,
    private readonly options: TrainStepsOptions,
    listener: CompileListener,
  ) {
    const { metrics, hypers } = options;
    const trace = (signature: Parameters<typeof system.traceTrain>[0]): ReturnType<typeof withoutTwins> => {
      const program = withoutTwins(system.traceTrain(signature, { outputs: metrics.flatMap(({ needs }) => needs) }));
      hypers.check(program, system.hyper);
      checkNames([...scalarOutputs(program), ...metrics.map(({ name }) => name)]);
      return program;
    };
    this.#programs = new ProgramCache(backend, trace, listener);
  }

  compile(batch: PreparedBatch): Promise<CompiledProgram> {
    return this.#programs.get(batch);
  }

  /** One call of the engine for a group of batches of one signature. The state changes; `position` does not. */
  async run(
    { executable, scalars }: CompiledProgram,
    state: StateStore,
    group: readonly PreparedBatch[],
    position: RunPosition,
    loader: LoaderShape,
  ): Promise<CallResult> {
    const { hypers, seed } = this.options;
    const feeds = group.map(({ sample }, index): Feeds & { readonly hyper: Readonly<Record<string, number>> } => ({
      batch: sample,
      hyper: hypers.at({ step: position.step + index, epoch: position.epoch }, position.hyper),
      seed: [seed, position.step + index],
    }));
    const { outputs, failure } = await runSteps(executable, state, feeds, scalars);
    const steps: CallResult['steps'][number][] = [];
    let next = position;
    let metricFailure: MetricError | null = null;
    outputs.forEach((output, index) => {
      const { sample, rows, indices } = group[index]!;
      const values = scalarsOf(output);
      const judged = updateStates(this.options.metrics, next.metrics, { output, batch: sample, indices });
      metricFailure ??= judged.failure;
      next = afterStep(next, { scalars: values, metrics: judged.states, rows, loader });
      steps.push({ step: next.step, scalars: values });
      this.#log(next, { ...values, ...feeds[index]!.hyper });
    });
    return { position: next, steps, failure, metricFailure };
  }

  #log({ step, epoch }: RunPosition, values: Readonly<Record<string, number>>): void {
    this.options.logger.scalars(values, { period: 'step', step, epoch, fold: this.options.fold, level: 'debug' });
  }

  dispose(): Promise<void> {
    return this.#programs.dispose();
  }
}
