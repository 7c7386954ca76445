import {
  ArgumentError,
  type BatchSignature,
  type Json,
  type Program,
  type StateStore,
  type TensorsOf,
  TrainableSystem,
} from '@delira/core';
import type { Loader } from '@delira/data-loading';
import { Logger, ProgressBar } from '@delira/logging';
import type { Accumulator } from '@delira/metrics';
import { checkCount, checkNames, checkPositiveIntegers } from './checkOptions.js';
import { type EvaluationOptions, Evaluator } from './Evaluator.js';
import { FitClock } from './FitClock.js';
import { Hooks } from './Hooks.js';
import { HyperValues } from './HyperValues.js';
import { LearningRateFinder, type LearningRateFinderOptions, type LearningRates } from './LearningRateFinder.js';
import { MemoryLimit } from './MemoryLimit.js';
import { defaultMonitor } from './Monitor.js';
import type { BatchTaker } from './PreparedBatch.js';
import type { CompileListener } from './ProgramCache.js';
import { Run } from './Run.js';
import { RunCheckpoints } from './RunCheckpoints.js';
import { RunLock } from './RunLock.js';
import type { RunPosition } from './RunPosition.js';
import { StepsPerCall } from './StepsPerCall.js';
import type {
  EvaluateOptions,
  FitOptions,
  FitResult,
  Loaders,
  RestoreOptions,
  TrainerOptions,
} from './TrainerOptions.js';
import { TrainingLoop } from './TrainingLoop.js';
import { TrainSteps } from './TrainSteps.js';
import { Turns } from './Turns.js';
import { checkWindows } from './WindowedPrediction.js';

/** Trains and evaluates a network on any backend. */
export class Trainer<B extends TensorsOf<B>, P extends TensorsOf<P>> {
  readonly system: TrainableSystem<B, P>;
  readonly #options: TrainerOptions<B, P>;
  readonly #metrics: readonly Accumulator<Json, number>[];
  readonly #logger: Logger;
  readonly #bar: ProgressBar | null;
  readonly #run: Run;
  readonly #hypers: HyperValues;
  readonly #checkpoints: RunCheckpoints;
  readonly #steps: TrainSteps<B, P>;
  readonly #evaluator: Evaluator<B, P>;
  readonly #loop: TrainingLoop<B, P>;
  readonly #finder: LearningRateFinder<B, P>;
  readonly #clock = new FitClock();
  #state: Promise<StateStore> | null = null;
  #isTraining = false;

  /** @throws ArgumentError, NotFoundError for options that do not fit together. */
  constructor(options: TrainerOptions<B, P>) {
    const { network, backend, optimizers, losses, metrics = [], callbacks = [], fileSystem } = options;
    const { seed = 0, fold = null, stepsPerCall = 'auto', saveFrequency = 1, logger = new Logger() } = options;
    const { keep = 0, onSaveError = 'stop', windows = {} } = options;
    checkWindows(windows, metrics);
    checkCount('Trainer', 'keep', keep);
    checkPositiveIntegers({ saveFrequency, ...(stepsPerCall === 'auto' ? {} : { stepsPerCall }) });
    checkNames(metrics.map(({ name }) => name));
    const run = new Run(seed);
    const bar = options.progress === false ? null : (options.progress ?? new ProgressBar());
    const states = metrics as readonly Accumulator<Json, number>[];
    const system = new TrainableSystem(network, { optimizers, losses });
    const hypers = new HyperValues(system.hyper, optimizers, options.schedules ?? {});
    const turns = new Turns();
    const state = (): Promise<StateStore> => this.state();
    const checkpoints = new RunCheckpoints({
      folder: options.savePath ?? null,
      files: fileSystem === undefined ? {} : { fileSystem },
      run,
      network: { type: typeName(network), config: network.config },
      variables: system.variables,
      state,
      turns,
      logger,
      keep,
      callbacks: () => hooks.states(),
      restoreCallbacks: (states) => hooks.restore(states),
    });
    const memory = new MemoryLimit(options.memoryLimit);
    const listener: CompileListener = {
      onTraced: (program) => {
        const { estimate, mayNotFit } = memory.check(program);
        const level = mayNotFit ? 'warning' : Object.keys(program.writes).length > 0 ? 'info' : 'debug';
        const hint = mayNotFit ? ' That is more than there is: use smaller batches if the process is ended.' : '';
        logger.text(`${program.name} needs about ${estimate.formatted}.${hint}`, level);
      },
      onCompiled: (name, signature, seconds) => {
        this.#clock.add('compile', seconds * 1000);
        logger.text(`Compiled ${name} for ${signature} in ${seconds.toFixed(2)} s.`, 'debug');
      },
      onReused: (name, signature) => logger.text(`${name} is compiled already for ${signature}.`, 'debug'),
    };
    const steps = new TrainSteps(system, backend, { hypers, metrics: states, seed, fold, logger }, listener);
    const save = (path: string): Promise<void> => this.save(path);
    const monitor = options.monitor ?? defaultMonitor(metrics);
    const variables = (): ReturnType<StateStore['read']> => turns.take(async () => (await state()).read());
    const hooks = new Hooks({
      callbacks,
      run,
      hypers,
      fold,
      savePath: options.savePath ?? null,
      monitor,
      metrics,
      stepsPerCall,
      save,
      variables,
    });

    this.system = system;
    this.#options = options;
    this.#metrics = states;
    this.#logger = logger;
    this.#bar = bar;
    this.#run = run;
    this.#hypers = hypers;
    this.#checkpoints = checkpoints;
    this.#steps = steps;
    this.#evaluator = new Evaluator(system, backend, Object.keys(optimizers), listener);
    this.#finder = new LearningRateFinder(network as unknown as BatchTaker, steps, hypers);
    this.#loop = new TrainingLoop({
      network: network as unknown as BatchTaker,
      run,
      state,
      steps,
      stepsPerCall: new StepsPerCall(stepsPerCall),
      turns,
      metrics: states,
      validate: (loader, interrupted) =>
        this.#evaluate(loader, { label: 'Validation', interrupted, windows: windows.validation ?? null }),
      validationNames: (loader) => this.#evaluator.valueNames(loader, states, windows.validation ?? null),
      monitor,
      monitorIsExplicit: options.monitor !== undefined,
      hooks,
      checkpoints,
      saveFrequency,
      onSaveError,
      logger,
      fold,
      bar,
      clock: this.#clock,
    });
  }

  /** Epochs and steps done so far. */
  get position(): RunPosition {
    return this.#run.position;
  }

  /** The device's state; created from the seed at first use. */
  state(): Promise<StateStore> {
    if (this.#state === null) {
      const initial = this.system.initialState(this.#run.position.seed);
      this.#state = this.#options.backend.createState(initial, { transfer: new Set(initial.keys()) });
      this.#state.catch(() => {
        this.#state = null;
      });
    }
    return this.#state;
  }

  /**
   * Trains to `epochs`. The result is a pure function of the seeds, however the run is interrupted and resumed and however many steps
   * go into a call. Called again after it was stopped or has failed, it goes on where it was.
   *
   * @throws NonFiniteLossError with the batch's sample indices; the state of the last good step is kept and saved.
   * @throws InputError for a batch that the network does not take, naming the samples.
   * @throws MemoryLimitError before a step is compiled that needs more memory than `memoryLimit`.
   * @throws WriteError when a checkpoint cannot be saved; the earlier one is kept, and so is the state in memory.
   * @throws RunFolderError when another process, or another trainer of this one, trains in `savePath`.
   * @throws CheckpointError, CheckpointMismatchError when `resume` is no checkpoint of this run; nothing is changed.
   */
  async fit(loaders: Loaders, options: FitOptions): Promise<FitResult> {
    this.#refuseWhileTraining('fit');
    checkPositiveIntegers({ epochs: options.epochs });
    const { monitor } = this.#options;
    if (monitor?.name.startsWith('val_') === true && loaders.val === undefined)
      throw new ArgumentError(
        `"${monitor.name}" is monitored, but there is no validation set. Pass a val loader, or monitor a value of training.`,
      );
    this.#isTraining = true;
    let lock: RunLock | null = null;
    try {
      const { savePath, fileSystem } = this.#options;
      if (savePath !== undefined) lock = await RunLock.take(savePath, fileSystem);
      if (options.resume !== undefined) await this.#restore(options.resume);
      return await this.#loop.fit(loaders, options);
    } finally {
      this.#isTraining = false;
      await lock?.release();
    }
  }

  /**
   * Means of the losses and the trainer's metrics over a whole set; the state stays as it is.
   *
   * @throws InputError for a batch that the network does not take, naming the samples.
   */
  async evaluate(loader: Loader, options: EvaluateOptions = {}): Promise<Record<string, number>> {
    return (await this.#evaluate(loader, options))!;
  }

  /** Null when interrupted. */
  async #evaluate(
    loader: Loader,
    { label, ...others }: EvaluateOptions & Pick<EvaluationOptions, 'interrupted' | 'windows'>,
  ): Promise<Record<string, number> | null> {
    const context = { ...(await this.#evaluationContext(label)), ...others };
    const evaluation = await this.#evaluator.evaluate(loader, this.#metrics, context);
    return evaluation === null ? null : { ...evaluation.scalars, ...evaluation.results };
  }

  /**
   * Results of accumulators, such as a confusion matrix, over a whole set.
   *
   * @param options.label what the progress bar says is going on; default `'Evaluation'`.
   * @throws InputError for a batch that the network does not take, naming the samples.
   */
  async accumulate<R extends Readonly<Record<string, unknown>>>(
    loader: Loader,
    accumulators: { readonly [K in keyof R]: Accumulator<unknown, R[K]> },
    options: { readonly label?: string } = {},
  ): Promise<R> {
    const named = Object.entries(accumulators).map(([name, accumulator]) => ({
      name,
      needs: accumulator.needs,
      init: () => accumulator.init() as Json,
      update: (...given: Parameters<typeof accumulator.update>) => accumulator.update(...given) as Json,
      result: (state: Json) => accumulator.result(state),
    }));
    const context = await this.#evaluationContext(options.label);
    return (await this.#evaluator.evaluate<unknown>(loader, named, context))!.results as R;
  }

  async #evaluationContext(label = 'Evaluation'): Promise<EvaluationOptions> {
    const state = await this.state();
    const { position } = this.#run;
    const hyper = this.#hypers.at(position, position.hyper);
    const windows = this.#options.windows?.evaluation ?? null;
    return { state, seed: position.seed, hyper, bar: this.#bar, label, windows };
  }

  /**
   * Looks for a learning rate: trains a step with each of growing ones, and suggests the one at which the smoothed loss falls fastest, as PyTorch
   * Lightning's `lr_find` does. The state and the position are put back afterwards, whatever happens.
   *
   * @throws ArgumentError for an option out of range, or when there are several rates and none is named.
   * @throws NotFoundError when a step gives no such loss.
   */
  async findLearningRate(loader: Loader, options: LearningRateFinderOptions = {}): Promise<LearningRates> {
    this.#refuseWhileTraining('findLearningRate');
    this.#isTraining = true;
    try {
      const state = await this.state();
      const variables = await state.read();
      try {
        return await this.#finder.find(loader, state, this.#run.position, options);
      } finally {
        await state.write(variables);
      }
    } finally {
      this.#isTraining = false;
    }
  }

  /** The prediction Program for prepared batches of this signature, reading what evaluation reads: to export or to predict with. */
  tracePredict(signature: BatchSignature): Program {
    return this.#evaluator.tracePredict(signature);
  }

  /**
   * Saves everything a resumed run needs; during training, the state after the call of the engine under way.
   *
   * @throws WriteError; an earlier file at `path` is kept then.
   * @throws NonFiniteLossError when a parameter is not finite: such a state is of no use, so nothing is written.
   */
  async save(path: string): Promise<void> {
    await this.#clock.time('save', () => this.#checkpoints.saveAs(path));
  }

  /**
   * Goes back to a checkpoint: all variables and the position of the run. Everything is checked before anything changes.
   *
   * @throws CheckpointError for a file that is missing, damaged or foreign.
   * @param options.keepHistory leaves alone what the logger's handlers have recorded: to evaluate or to predict. Default: what came after
   * the checkpoint is forgotten, since a resumed run records it again.
   * @throws CheckpointMismatchError for a checkpoint of another network, other optimizers or another seed.
   */
  async restore(path: string, options: RestoreOptions = {}): Promise<void> {
    this.#refuseWhileTraining('restore');
    await this.#restore(path, options);
  }

  async #restore(path: string, { keepHistory = false }: RestoreOptions = {}): Promise<void> {
    await this.#checkpoints.restore(path);
    if (keepHistory) return;
    const { step, epoch } = this.#run.position;
    this.#logger.resume({ step, fold: this.#options.fold ?? null, epochs: epoch });
  }

  #refuseWhileTraining(what: string): void {
    if (this.#isTraining)
      throw new ArgumentError(
        `${what}() was called while this trainer trains. Await fit() first, or make another trainer.`,
      );
  }

  /** Frees the engine's sessions and state; the backend stays. */
  async dispose(): Promise<void> {
    await this.#steps.dispose();
    await this.#evaluator.dispose();
    if (this.#state !== null) await (await this.#state).dispose();
  }
}

function typeName(network: object): string {
  const constructor = network.constructor as { readonly type?: string; readonly name: string };
  return constructor.type ?? constructor.name;
}
