import { InputError, type Json, NotFoundError, type TensorsOf } from '@delira/core';
import { type Dataset, Subset } from '@delira/data-loading';
import { type FileSystem, nodeFileSystem, writeFileAtomic } from '@delira/io';
import { basename, join } from 'node:path';
import { decodeNumbers, encodeNumbers } from '../encodeNumbers.js';
import { RunFolderError } from '../errors.js';
import { fileExists, readText } from '../readText.js';
import type { FitResult } from '../TrainerOptions.js';
import type { FoldPrediction, FoldResult, KFoldResult } from './ExperimentOptions.js';
import { PredictionWriter, readPredictions } from './foldPredictions.js';
import type { KFoldTask } from './Manifest.js';
import { type PartOptions, PartTraining } from './PartTraining.js';
import { type Split, splitDataset } from './splitDataset.js';
import { formatFolds, summarize } from './summarize.js';

export interface CrossValidationOptions<B extends TensorsOf<B>, P extends TensorsOf<P>, M, T> {
  /** Of a fold, or null of the whole. */
  readonly part: (fold: number | null) => PartOptions<B, P, M, T>;
  readonly folder: string;
  readonly task: KFoldTask;
  readonly epochs: number;
  readonly fileSystem?: FileSystem | undefined;
}

/** Trains and tests the folds of a dataset, those that are not done yet. */
export class CrossValidation<B extends TensorsOf<B>, P extends TensorsOf<P>, M, T> {
  readonly #files: FileSystem;

  constructor(private readonly options: CrossValidationOptions<B, P, M, T>) {
    this.#files = options.fileSystem ?? nodeFileSystem;
  }

  /**
   * @param checkpoint to go on from in the fold that was interrupted; null: its last one.
   * @throws RunFolderError when this is not the dataset it was begun with.
   */
  async run(dataset: Dataset, checkpoint: string | null): Promise<KFoldResult> {
    const { folder, task } = this.options;
    const splits = await this.#splits(dataset);
    const folds: FoldResult[] = [];
    let wanted = checkpoint;
    for (const [fold, split] of splits.entries()) {
      const done = await this.#readResult(fold);
      if (done !== null) {
        folds.push(done);
        continue;
      }
      const result = await this.#fold(dataset, fold, split, wanted);
      wanted = null;
      if (!('test' in result)) return this.#result(folds, result);
      folds.push(result);
    }
    const result = this.#result(folds, null);
    const { summary, table } = result;
    await this.#write(join(folder, 'results.json'), { folds, summary } as unknown as Json);
    await writeFileAtomic(join(folder, 'results.txt'), `${table}\n`, { fileSystem: this.#files });
    this.options.part(null).logger.text(`All ${task.folds} folds are done; their results are in ${folder}.`);
    return result;
  }

  /** What came of the fold; or of its training, when that was interrupted. */
  async #fold(
    dataset: Dataset,
    fold: number,
    split: Split,
    checkpoint: string | null,
  ): Promise<FoldResult | FitResult> {
    const { task, epochs } = this.options;
    const given = this.options.part(fold);
    const { folder, logger } = given;
    const last = join(folder, 'last.safetensors');
    const resume = checkpoint ?? ((await fileExists(last, this.#files)) ? last : null);
    logger.text(
      `Fold ${fold + 1} of ${task.folds}: ${split.train.length} samples to train on, ${split.val.length} to validate, ${split.test.length} to test.`,
    );
    const part = await PartTraining.create(given);
    try {
      const train = new Subset(dataset, split.train);
      const val = split.val.length === 0 ? {} : { val: new Subset(dataset, split.val) };
      const trained = await part.fit({ train, ...val }, epochs, resume);
      if (!trained.finished) return trained;
      const selected = await part.select('best');
      // The selected state's position is that of its epoch's end.
      const values = part.trainer.position.history.at(-1) ?? {};
      const writer =
        task.outputs === null
          ? null
          : new PredictionWriter(this.#predictions(fold), task.outputs, split.test, this.#files);
      const test = await part.test(new Subset(dataset, split.test), {
        outputs: task.outputs ?? [],
        ...(writer === null ? {} : { onBatch: (batch) => writer.write(batch) }),
      });
      const result: FoldResult = {
        fold,
        samples: { train: split.train.length, val: split.val.length, test: split.test.length },
        epochs: trained.history.length,
        step: trained.step,
        selected: values,
        test,
        checkpoint: basename(selected),
      };
      await this.#write(join(folder, 'result.json'), result as unknown as Json);
      return result;
    } finally {
      await part.dispose();
    }
  }

  /** Those it was begun with: read, not made again, so that they stay what they were. */
  async #splits(dataset: Dataset): Promise<readonly Split[]> {
    const { folder, task } = this.options;
    if (dataset.length !== task.samples)
      throw new RunFolderError(
        `The cross-validation in ${folder} was begun with ${task.samples} samples; this dataset has ${dataset.length}. Pass the same dataset, or use another folder.`,
        folder,
        'different',
      );
    const path = join(folder, 'splits.json');
    const text = await readText(path, this.#files);
    if (text === null) {
      const splits = splitDataset(dataset, task);
      await this.#write(path, splits as unknown as Json);
      return splits;
    }
    const splits = JSON.parse(text) as readonly Split[];
    if (splits.length !== task.folds)
      throw new InputError(
        `${path} holds ${splits.length} splits, but there are ${task.folds} folds. Restore the file.`,
      );
    return splits;
  }

  async #readResult(fold: number): Promise<FoldResult | null> {
    const text = await readText(join(this.options.part(fold).folder, 'result.json'), this.#files);
    return text === null ? null : (decodeNumbers(JSON.parse(text) as Json) as unknown as FoldResult);
  }

  #write(path: string, value: Json): Promise<void> {
    return writeFileAtomic(path, `${JSON.stringify(encodeNumbers(value), null, 2)}\n`, { fileSystem: this.#files });
  }

  #predictions(fold: number): string {
    return join(this.options.part(fold).folder, 'predictions');
  }

  #result(folds: readonly FoldResult[], interrupted: FitResult | null): KFoldResult {
    const summary = summarize(folds.map(({ test }) => test));
    return {
      kind: 'kfold',
      folder: this.options.folder,
      folds,
      summary,
      table: formatFolds(folds, summary),
      finished: interrupted === null,
      stopped: interrupted?.stopped ?? null,
      signal: interrupted?.signal ?? null,
      predictions: () => this.#readPredictions(folds),
    };
  }

  async *#readPredictions(folds: readonly FoldResult[]): AsyncGenerator<FoldPrediction, void, void> {
    if (this.options.task.outputs === null)
      throw new NotFoundError('No predictions were stored. Use stratifiedKfoldPredict, which stores them.');
    for (const { fold } of folds) yield* readPredictions(this.#predictions(fold), fold, this.#files);
  }
}
