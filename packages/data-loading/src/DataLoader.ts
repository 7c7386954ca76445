import { ArgumentError, createRng, InputError, type Rng, type Sample } from '@delira/core';
import { type Sampler, SequentialSampler } from '@delira/samplers';
import type { Batch, Loader } from './Batch.js';
import { collate, type Collate } from './collate.js';
import type { Dataset } from './datasets/Dataset.js';

/** Changes one sample before it is batched. Returns new arrays: those it is given may be the dataset's own. */
export type Transform = (sample: Sample, rng: Rng) => Sample | Promise<Sample>;

export interface DataLoaderOptions {
  readonly dataset: Dataset;
  /** Samples per batch. */
  readonly batchSize: number;
  /** The order of the samples; default: a SequentialSampler over the dataset. */
  readonly sampler?: Sampler;
  /** Seed of the transform's randomness; default 0. The sampler has its own. */
  readonly seed?: number;
  /** Leaves out a last batch that is not full; default `false`. */
  readonly dropLast?: boolean;
  /**
   * Runs on every sample. Its Rng depends on (seed, epoch, index in the dataset, how often the epoch drew that index before) and on
   * nothing else: not on the batch size, the order, or where an interrupted epoch was continued.
   */
  readonly transform?: Transform;
  /** Default: stack every key along a new leading axis. */
  readonly collate?: Collate;
}

interface Draw {
  readonly index: number;
  readonly repeat: number;
}

/** Loads, transforms and batches the samples of a dataset. Holds no position: epochs can be asked for in any order, and at once. */
export class DataLoader implements Loader {
  readonly dataset: Dataset;
  readonly batchSize: number;
  readonly batches: number;
  readonly samples: number;
  readonly #sampler: Sampler;
  readonly #rng: Rng;
  readonly #transform: Transform | null;
  readonly #collate: Collate;

  /** @throws ArgumentError for an unusable batch size or seed, an empty dataset, or when `dropLast` leaves no batch. */
  constructor(options: DataLoaderOptions) {
    const { dataset, batchSize, seed = 0, dropLast = false } = options;
    const sampler: Sampler = options.sampler ?? new SequentialSampler(dataset);
    if (!Number.isSafeInteger(batchSize) || batchSize < 1)
      throw new ArgumentError(`batchSize must be a positive integer, got ${batchSize}.`);
    if (sampler.batchSize !== undefined && sampler.batchSize !== batchSize)
      throw new ArgumentError(
        `The sampler composes batches of ${sampler.batchSize}, but batchSize is ${batchSize}. Give both the same.`,
      );
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.batches = dropLast ? Math.floor(sampler.length / batchSize) : Math.ceil(sampler.length / batchSize);
    this.samples = dropLast ? this.batches * batchSize : sampler.length;
    if (this.batches === 0)
      throw new ArgumentError(
        `The sampler gives ${sampler.length} samples, which make no batch of ${batchSize}. Lower batchSize, or leave out dropLast.`,
      );
    this.#sampler = sampler;
    this.#rng = createRng(seed).fork('transform');
    this.#transform = options.transform ?? null;
    this.#collate = options.collate ?? collate;
  }

  /**
   * @throws ArgumentError for an unusable epoch or batch number.
   * @throws InputError naming the sample when it cannot be loaded, transformed or batched, or when the sampler breaks its contract.
   */
  async *epoch(epoch: number, fromBatch = 0): AsyncGenerator<Batch, void, void> {
    if (!Number.isSafeInteger(epoch) || epoch < 0)
      throw new ArgumentError(`An epoch is counted 0, 1, 2, …; got ${epoch}.`);
    if (!Number.isSafeInteger(fromBatch) || fromBatch < 0 || fromBatch > this.batches) {
      throw new ArgumentError(`An epoch of ${this.batches} batches cannot start from batch ${fromBatch}.`);
    }
    let batch = 0;
    for (const draws of this.#draws(epoch)) {
      if (batch++ >= fromBatch) yield await this.#load(epoch, draws);
    }
  }

  /** The epoch's indices in groups of a batch. Loads nothing, so skipping batches is cheap. */
  *#draws(epoch: number): Iterable<readonly Draw[]> {
    const drawn = new Map<number, number>();
    let left = this.samples;
    let group: Draw[] = [];
    for (const index of this.#sampler.indices(epoch)) {
      if (left === 0) return;
      if (!Number.isInteger(index) || index < 0 || index >= this.dataset.length) {
        throw new InputError(
          `The sampler gave index ${index}, but the dataset has samples 0 to ${this.dataset.length - 1}. Build the sampler from this dataset.`,
        );
      }
      const repeat = drawn.get(index) ?? 0;
      drawn.set(index, repeat + 1);
      group.push({ index, repeat });
      left--;
      if (group.length === this.batchSize || left === 0) {
        yield group;
        group = [];
      }
    }
    if (left > 0)
      throw new InputError(
        `The sampler says it gives ${this.#sampler.length} indices per epoch, but epoch ${epoch} ended ${left} early.`,
      );
  }

  async #load(epoch: number, draws: readonly Draw[]): Promise<Batch> {
    const indices = draws.map(({ index }) => index);
    const samples = await Promise.all(draws.map((draw) => this.#sample(epoch, draw)));
    return { sample: this.#collate(samples, indices), indices };
  }

  async #sample(epoch: number, { index, repeat }: Draw): Promise<Sample> {
    const sample = await during(`Sample ${index} could not be loaded`, () => this.dataset.get(index));
    const transform = this.#transform;
    if (transform === null) return sample;
    return during(`The transform failed on sample ${index}`, () =>
      transform(sample, this.#rng.fork(epoch, index, repeat)),
    );
  }
}

async function during<T>(what: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new InputError(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
