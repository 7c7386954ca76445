import type { TensorsOf } from '@delira/core';
import type { Dataset, Loader } from '@delira/data-loading';
import { nodeFileSystem } from '@delira/io';
import { CsvHandler, type Handler, JsonlHandler, type Logger } from '@delira/logging';
import { join } from 'node:path';
import { RunFolderError } from '../errors.js';
import { fileExists } from '../readText.js';
import type { SharedPrograms } from '../SharedPrograms.js';
import { Trainer } from '../Trainer.js';
import type { EvaluateOptions, FitResult } from '../TrainerOptions.js';
import type { ExperimentOptions, Role, RunDatasets } from './ExperimentOptions.js';

export interface PartOptions<B extends TensorsOf<B>, P extends TensorsOf<P>, M, T> {
  readonly options: ExperimentOptions<B, P, M, T>;
  readonly programs: SharedPrograms;
  readonly logger: Logger;
  readonly seed: number;
  readonly fold: number | null;
  /** Of this training. */
  readonly folder: string;
}

/** One training of an experiment, whole or of a fold: its trainer, its loaders, and its folder. */
export class PartTraining<B extends TensorsOf<B>, P extends TensorsOf<P>, M, T> {
  readonly #loaders: Loader[] = [];

  private constructor(
    readonly trainer: Trainer<B, P>,
    private readonly given: PartOptions<B, P, M, T>,
  ) {}

  static async create<B extends TensorsOf<B>, P extends TensorsOf<P>, M, T>(
    given: PartOptions<B, P, M, T>,
  ): Promise<PartTraining<B, P, M, T>> {
    const { options, programs, logger, seed, fold, folder } = given;
    const { params, fileSystem } = options;
    const trainer = new Trainer<B, P>({
      seed,
      ...(await options.build(params, fold)),
      backend: programs,
      savePath: folder,
      fold,
      logger,
      ...(fileSystem === undefined ? {} : { fileSystem }),
    });
    return new PartTraining(trainer, given);
  }

  /** From the beginning, or from a checkpoint. The history of the run is in its folder. */
  async fit({ train, val }: RunDatasets, epochs: number, resume: string | null): Promise<FitResult> {
    const { options, logger, folder } = this.given;
    const histories: readonly Handler[] = [
      new CsvHandler({ path: join(folder, 'epochs.csv') }),
      new JsonlHandler({ path: join(folder, 'history.jsonl') }),
    ];
    for (const handler of histories) logger.add(handler);
    try {
      const loaders = {
        train: await this.#loader(train, 'train'),
        ...(val === undefined ? {} : { val: await this.#loader(val, 'val') }),
      };
      return await this.trainer.fit(loaders, {
        epochs,
        handleSignals: options.handleSignals ?? true,
        ...(resume === null ? {} : { resume }),
      });
    } finally {
      for (const handler of histories) {
        logger.remove(handler);
        handler.close?.();
      }
    }
  }

  /** Losses and metrics over a test set. */
  async test(dataset: Dataset, options: Omit<EvaluateOptions, 'label'> = {}): Promise<Record<string, number>> {
    return this.trainer.evaluate(await this.#loader(dataset, 'test'), { label: 'Test', ...options });
  }

  /**
   * Goes to a state of this training, to judge or to predict with. Gives its file's name.
   *
   * @throws RunFolderError when there is none.
   */
  async select(checkpoint: string): Promise<string> {
    const { folder, options } = this.given;
    const files = options.fileSystem ?? nodeFileSystem;
    const inFolder = (name: string): string => join(folder, `${name}.safetensors`);
    let path = checkpoint;
    if (checkpoint === 'best') path = (await fileExists(inFolder('best'), files)) ? inFolder('best') : inFolder('last');
    else if (checkpoint === 'last') path = inFolder('last');
    if (!(await fileExists(path, files)))
      throw new RunFolderError(
        `There is no checkpoint ${path}: nothing was trained in this folder, or not far enough to be saved. Run the experiment first.`,
        folder,
        'missing',
      );
    await this.trainer.restore(path, { keepHistory: true });
    return path;
  }

  async #loader(dataset: Dataset, role: Role): Promise<Loader> {
    const { options, fold, seed } = this.given;
    const loader = await options.loader(dataset, { role, fold, params: options.params, seed });
    this.#loaders.push(loader);
    return loader;
  }

  /** Frees what this training has for its own; compiled programs and the backend stay. */
  async dispose(): Promise<void> {
    for (const loader of this.#loaders.splice(0)) if (isDisposable(loader)) await loader.dispose();
    await this.trainer.dispose();
  }
}

function isDisposable(loader: object): loader is { dispose(): Promise<void> } {
  return 'dispose' in loader && typeof loader.dispose === 'function';
}
