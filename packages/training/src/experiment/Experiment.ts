import { ArgumentError, type Json, type TensorsOf } from '@delira/core';
import type { Dataset } from '@delira/data-loading';
import { nodeFileSystem, writeFileAtomic } from '@delira/io';
import { Logger } from '@delira/logging';
import { Parameters, type ParameterTree, type Values } from '@delira/parameters';
import { basename, dirname, join, resolve as resolvePath } from 'node:path';
import { checkPositiveIntegers } from '../checkOptions.js';
import { encodeNumbers } from '../encodeNumbers.js';
import { RunFolderError } from '../errors.js';
import { fileExists } from '../readText.js';
import { RunLock } from '../RunLock.js';
import { SharedPrograms } from '../SharedPrograms.js';
import type { Trainer } from '../Trainer.js';
import { CrossValidation } from './CrossValidation.js';
import { describeEnvironment } from './describeEnvironment.js';
import type {
  ExperimentOptions,
  KFoldOptions,
  KFoldPredictOptions,
  KFoldResult,
  LoadOptions,
  ResumeOptions,
  RunDatasets,
  RunResult,
  StateOptions,
} from './ExperimentOptions.js';
import { holdsTraining } from './holdsTraining.js';
import {
  findManifest,
  FORMAT,
  type KFoldTask,
  type Manifest,
  readManifest,
  type Task,
  VERSION,
  writeManifest,
} from './Manifest.js';
import { type PartOptions, PartTraining } from './PartTraining.js';
import { splitDataset } from './splitDataset.js';

/**
 * A training as a whole, in a folder of its own: run it, cross-validate it, go on with it, test it. What it is made of is made by functions, since
 * a folder never names code; everything else is in the folder.
 *
 * ```
 * <savePath>/<name>/
 *   manifest.json      what was begun, with which parameters and seed, by which versions and commit
 *   parameters.yaml
 *   run/               of `run`; of each fold `fold-0/`, `fold-1/`…
 *     last.safetensors, best.safetensors, epochs.csv, history.jsonl
 *     result.json      of a fold that is done; predictions/ of stratifiedKfoldPredict
 *     test.json        of `test`
 *   splits.json        which samples each fold trains on, validates and tests
 *   results.json, results.txt   when all folds are done
 * ```
 */
export class Experiment<B extends TensorsOf<B>, P extends TensorsOf<P>, M = Values, T = Values> {
  readonly name: string;
  readonly folder: string;
  readonly epochs: number;
  readonly seed: number;
  readonly #options: ExperimentOptions<B, P, M, T>;
  readonly #logger: Logger;
  readonly #programs: SharedPrograms;

  /** @throws ArgumentError for a name that is no folder's, or when nothing says how many epochs. */
  constructor(options: ExperimentOptions<B, P, M, T>) {
    const { name, params, savePath, seed = 0 } = options;
    if (name === '' || name.startsWith('.') || /[/\\:\0]/.test(name))
      throw new ArgumentError(`An experiment's name becomes that of its folder; "${name}" cannot be one.`);
    const epochs = options.epochs ?? params.get('training.epochs', null);
    if (typeof epochs !== 'number')
      throw new ArgumentError(
        'An experiment trains for a number of epochs. Give it the option epochs, or the parameter training.epochs.',
      );
    checkPositiveIntegers({ epochs });
    this.name = name;
    this.folder = join(savePath, name);
    this.epochs = epochs;
    this.seed = seed;
    this.#options = options;
    this.#logger = options.logger ?? new Logger();
    this.#programs = new SharedPrograms(options.backend);
  }

  /**
   * The experiment in a folder, to be resumed, tested or predicted with. Name, parameters, seed and epochs are those of its manifest.
   *
   * @throws RunFolderError when the folder holds none, or that of another version.
   */
  static async load<B extends TensorsOf<B>, P extends TensorsOf<P>>(
    folder: string,
    options: LoadOptions<B, P>,
  ): Promise<Experiment<B, P>> {
    const { seed, epochs, parameters } = await readManifest(folder, options.fileSystem);
    const params = new Parameters(parameters as ParameterTree);
    const path = resolvePath(folder);
    // A folder that was renamed is the same experiment.
    return new Experiment({ ...options, name: basename(path), savePath: dirname(path), params, seed, epochs });
  }

  /** Whether something was begun in the folder: `resume` goes on with it. */
  async isStarted(): Promise<boolean> {
    const manifest = await findManifest(this.folder, this.#files);
    return manifest !== null && manifest.task.kind !== 'created';
  }

  /** Writes the manifest and the parameters, before anything is begun. @throws RunFolderError, WriteError */
  async save(): Promise<void> {
    await this.#locked(() => this.#begin({ kind: 'created' }));
  }

  /**
   * Trains on all of `train`.
   *
   * @throws RunFolderError when something was trained in the folder already, or another process works on it. As `Trainer.fit` besides.
   */
  async run(datasets: RunDatasets): Promise<RunResult> {
    return this.#locked(async () => {
      await this.#begin({ kind: 'run' });
      return this.#run(datasets, this.epochs, null);
    });
  }

  /**
   * Trains once for each part of the dataset, on the others, and tests on it: with the state that was best on a validation set taken from those
   * others, so that no test sample selects anything. Equal Programs are compiled once for all folds.
   *
   * @throws ArgumentError when the dataset cannot be split so. As `run` besides.
   */
  kfold(dataset: Dataset, options: KFoldOptions = {}): Promise<KFoldResult> {
    return this.#kfold(dataset, { ...options, stratify: false, outputs: null });
  }

  /** As `kfold`; each fold and each validation set has nearly the same share of every class of `dataset.targets`. */
  stratifiedKfold(dataset: Dataset, options: KFoldOptions = {}): Promise<KFoldResult> {
    return this.#kfold(dataset, { ...options, stratify: true, outputs: null });
  }

  /** As `stratifiedKfold`; also stores what each network gave for its test samples: one prediction for every sample of the dataset. */
  stratifiedKfoldPredict(dataset: Dataset, options: KFoldPredictOptions = {}): Promise<KFoldResult> {
    return this.#kfold(dataset, { outputs: ['pred'], ...options, stratify: true });
  }

  #kfold(dataset: Dataset, options: KFoldOptions & Pick<KFoldTask, 'stratify' | 'outputs'>): Promise<KFoldResult> {
    const { folds = 5, shuffle = false, valSize = 0.2, stratify, outputs } = options;
    return this.#locked(async () => {
      const { seed } = this;
      const samples = dataset.length;
      const task: KFoldTask = { kind: 'kfold', folds, shuffle, stratify, valSize, seed, samples, outputs };
      // What cannot be split is not begun.
      splitDataset(dataset, task);
      await this.#begin(task);
      return this.#crossValidate(dataset, task, this.epochs, null);
    });
  }

  /**
   * Goes on with what was begun in the folder, as if it had not been interrupted; folds that are done stay done. What is done already is
   * told again.
   *
   * @throws RunFolderError when nothing was begun, or with other parameters or another seed.
   * @throws CheckpointError for a damaged checkpoint, naming an earlier one to give as `checkpoint`.
   */
  resume(data: RunDatasets, options?: ResumeOptions): Promise<RunResult>;
  resume(data: Dataset, options?: ResumeOptions): Promise<KFoldResult>;
  resume(data: RunDatasets | Dataset, options: ResumeOptions = {}): Promise<RunResult | KFoldResult> {
    const { checkpoint = null } = options;
    return this.#locked(async () => {
      const manifest = await readManifest(this.folder, this.#files);
      const epochs = options.epochs ?? manifest.epochs;
      checkPositiveIntegers({ epochs });
      const { task } = manifest;
      this.#checkSame(manifest);
      if (task.kind === 'created')
        throw new RunFolderError(
          `Nothing was begun in ${this.folder} yet. Call run() or kfold().`,
          this.folder,
          'missing',
        );
      await this.#writeManifest({ ...manifest, epochs, sessions: [...manifest.sessions, await this.#session()] });
      if (task.kind === 'run') {
        if ('get' in data) throw wrongData(this.folder, 'a run', '{ train, val }');
        const last = join(this.#part(null).folder, 'last.safetensors');
        return this.#run(data, epochs, checkpoint ?? ((await fileExists(last, this.#files)) ? last : null));
      }
      if (!('get' in data)) throw wrongData(this.folder, 'a cross-validation', 'one dataset');
      return this.#crossValidate(data, task, epochs, checkpoint);
    });
  }

  /**
   * Losses and metrics of a trained state over a dataset, also written to `test.json`.
   *
   * @throws RunFolderError when there is no such state.
   */
  async test(dataset: Dataset, options: StateOptions = {}): Promise<Record<string, number>> {
    const { fold = null, checkpoint = 'best' } = options;
    const part = await PartTraining.create(this.#part(fold));
    try {
      const path = await part.select(checkpoint);
      const values = await part.test(dataset);
      const report = { checkpoint: basename(path), samples: dataset.length, values };
      const text = `${JSON.stringify(encodeNumbers(report), null, 2)}\n`;
      await writeFileAtomic(join(this.#part(fold).folder, 'test.json'), text, { fileSystem: this.#files });
      return values;
    } finally {
      await part.dispose();
    }
  }

  /**
   * A trainer in a trained state, to predict or to evaluate with: `state()` and `tracePredict` are what `@delira/prediction` takes. It is the
   * caller's to dispose of.
   *
   * @throws RunFolderError when there is no such state.
   */
  async trainer({ fold = null, checkpoint = 'best' }: StateOptions = {}): Promise<Trainer<B, P>> {
    const part = await PartTraining.create(this.#part(fold));
    try {
      await part.select(checkpoint);
      return part.trainer;
    } catch (error) {
      await part.dispose();
      throw error;
    }
  }

  async #run(datasets: RunDatasets, epochs: number, resume: string | null): Promise<RunResult> {
    const given = this.#part(null);
    const part = await PartTraining.create(given);
    try {
      return { kind: 'run', folder: given.folder, ...(await part.fit(datasets, epochs, resume)) };
    } finally {
      await part.dispose();
    }
  }

  #crossValidate(dataset: Dataset, task: KFoldTask, epochs: number, checkpoint: string | null): Promise<KFoldResult> {
    const { folder } = this;
    const part = (fold: number | null): PartOptions<B, P, M, T> => this.#part(fold);
    return new CrossValidation({ part, folder, task, epochs, fileSystem: this.#files }).run(dataset, checkpoint);
  }

  #part(fold: number | null): PartOptions<B, P, M, T> {
    return {
      options: this.#options,
      programs: this.#programs,
      logger: this.#logger,
      seed: this.seed,
      fold,
      folder: join(this.folder, fold === null ? 'run' : `fold-${fold}`),
    };
  }

  /** One process at a time. */
  async #locked<R>(work: () => Promise<R>): Promise<R> {
    const lock = await RunLock.take(this.folder, this.#files);
    try {
      return await work();
    } finally {
      await lock.release();
    }
  }

  async #begin(task: Task): Promise<void> {
    const existing = await findManifest(this.folder, this.#files);
    const { folder } = this;
    if (existing !== null && existing.task.kind !== 'created' && (await holdsTraining(folder, this.#files)))
      throw new RunFolderError(
        `${this.folder} holds ${existing.task.kind === 'run' ? 'a run' : 'a cross-validation'} already. Go on with it by resume(), or give the experiment another name.`,
        this.folder,
        'occupied',
      );
    // Of a cross-validation that was begun here and came to nothing.
    const splits = join(folder, 'splits.json');
    if (await fileExists(splits, this.#files)) await this.#files.remove(splits);
    const { params } = this.#options;
    await this.#writeManifest({
      format: FORMAT,
      version: VERSION,
      name: this.name,
      seed: this.seed,
      epochs: this.epochs,
      parameters: params.tree as Json,
      task,
      sessions: [await this.#session()],
    });
    const files = { fileSystem: this.#files };
    await writeFileAtomic(join(this.folder, 'parameters.yaml'), params.stringify('yaml'), files);
  }

  #writeManifest(manifest: Manifest): Promise<void> {
    return writeManifest(this.folder, manifest, this.#files);
  }

  async #session(): Promise<Manifest['sessions'][number]> {
    return {
      started: new Date().toISOString(),
      environment: await describeEnvironment(this.#options.backend),
    };
  }

  /** @throws RunFolderError when going on would equal neither run. */
  #checkSame({ parameters, seed }: Manifest): void {
    const before = new Parameters(parameters as ParameterTree);
    const now = this.#options.params;
    const paths = [...new Set([...before.paths(), ...now.paths()])];
    const text = (params: { get(path: string, fallback?: Json): Json }, path: string): string =>
      JSON.stringify(params.get(path, null));
    const changes = [
      ...(seed === this.seed ? [] : [`seed: ${seed} before, ${this.seed} now`]),
      ...paths
        .filter((path) => text(before, path) !== text(now, path))
        .map((path) => `${path}: ${text(before, path)} before, ${text(now, path)} now`),
    ];
    if (changes.length === 0) return;
    throw new RunFolderError(
      `The experiment in ${this.folder} was begun with other settings: ${changes.join('; ')}. Resume it with the same, as Experiment.load does, or give it another name. The number of epochs may change: resume(data, { epochs }).`,
      this.folder,
      'different',
    );
  }

  get #files(): NonNullable<ExperimentOptions<B, P>['fileSystem']> {
    return this.#options.fileSystem ?? nodeFileSystem;
  }

  /** Frees the compiled Programs; the backend stays. */
  async dispose(): Promise<void> {
    await this.#programs.dispose();
  }
}

function wrongData(folder: string, what: string, expected: string): ArgumentError {
  return new ArgumentError(`${folder} holds ${what}: resume it with ${expected}.`);
}
