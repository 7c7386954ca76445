import { ArgumentError } from '@delira/core';
import type { Sampler } from '@delira/samplers';
import type { Collate } from './collate.js';
import { DataLoader, type DataLoaderOptions } from './DataLoader.js';
import type { Dataset } from './datasets/Dataset.js';
import { Subset } from './datasets/Subset.js';
import type { Transform } from './loadBatch.js';
import { trainTestSplit, type TrainTestSplitOptions } from './trainTestSplit.js';
import type { LoadedPipeline } from './workers/Pipeline.js';

/** Makes the sampler of a dataset, whichever part of the data that is: `(dataset) => new RandomSampler(dataset, { seed: 1 })`. */
export type CreateSampler = (dataset: Dataset) => Sampler | Promise<Sampler>;

export interface DataManagerOptions {
  readonly dataset: Dataset;
  /** Samples per batch. */
  readonly batchSize: number;
  /** Default: the samples in order. A function, so that subsets and folds are sampled in the same way as the whole. */
  readonly sampler?: CreateSampler;
  readonly transform?: Transform;
  readonly collate?: Collate;
  /** In place of transform and collate: what workers need. It must not have a dataset, which is this manager's own. */
  readonly pipeline?: LoadedPipeline;
  /** Default 0: batches are made in this thread. */
  readonly workers?: number;
  /** Seed of the transform's randomness; default 0. */
  readonly seed?: number;
  /** Leaves out a last batch that is not full; default `false`. */
  readonly dropLast?: boolean;
  readonly readAhead?: number;
  readonly memoryLimit?: number;
  readonly timeout?: number;
}

const KEYS: Readonly<Record<keyof DataManagerOptions, true>> = {
  dataset: true,
  batchSize: true,
  sampler: true,
  transform: true,
  collate: true,
  pipeline: true,
  workers: true,
  seed: true,
  dropLast: true,
  readAhead: true,
  memoryLimit: true,
  timeout: true,
};

/**
 * A dataset together with how it is sampled, transformed and batched: what a part of it, such as a fold, takes over. A manager never
 * changes; each method gives a new one.
 */
export class DataManager {
  readonly options: DataManagerOptions;

  /** @throws ArgumentError for an option that there is not, or a pipeline with a dataset. */
  constructor(options: DataManagerOptions) {
    const unknown = Object.keys(options).filter((key) => !Object.hasOwn(KEYS, key));
    if (unknown.length > 0)
      throw new ArgumentError(
        `A DataManager has no option ${unknown.join(', ')}. It has ${Object.keys(KEYS).join(', ')}.`,
      );
    if (options.pipeline?.dataset !== undefined)
      throw new ArgumentError(
        'The pipeline of a DataManager must have no dataset: give it to the manager, so that it can be split and subset.',
      );
    this.options = options;
  }

  get dataset(): Dataset {
    return this.options.dataset;
  }

  /** @throws ArgumentError as `DataLoader` does. */
  async loader(): Promise<DataLoader> {
    const { sampler, ...rest } = this.options;
    const options: DataLoaderOptions = rest;
    return new DataLoader(sampler === undefined ? options : { ...options, sampler: await sampler(this.dataset) });
  }

  /**
   * The same settings for some of the samples.
   *
   * @throws ArgumentError when an index is not in the dataset.
   */
  getSubset(indices: readonly number[]): DataManager {
    return this.updateState({ dataset: new Subset(this.dataset, indices) });
  }

  /**
   * The same settings, but for those given. Nothing is changed when one of them is unknown.
   *
   * @throws ArgumentError as the constructor does.
   */
  updateState(changes: Partial<DataManagerOptions>): DataManager {
    return new DataManager({ ...this.options, ...changes });
  }

  /**
   * Two managers with the same settings.
   *
   * @throws ArgumentError, InputError as the function `trainTestSplit` does.
   */
  trainTestSplit(options: TrainTestSplitOptions = {}): { readonly train: DataManager; readonly test: DataManager } {
    const { train, test } = trainTestSplit(this.dataset, options);
    return { train: this.updateState({ dataset: train }), test: this.updateState({ dataset: test }) };
  }
}
