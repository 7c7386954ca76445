import { createRng, permutation, type Rng } from '@delira/core';
import { checkCount, checkEpoch } from '../checks.js';
import { groupByClass } from '../LabelSource.js';
import type { Sampler } from '../Sampler.js';

export interface PrevalenceSamplerOptions {
  /** Samples per batch: the batches of this size are balanced, so the loader must use the same one. */
  readonly batchSize: number;
  /** Any safe integer; default 0. */
  readonly seed?: number;
  /** `false` keeps each class together within a batch, the largest first, the samples that fill it up last. Default `true`. */
  readonly shuffleBatch?: boolean;
}

/** How one class's members follow each other. */
type Next = () => number;

/**
 * Batches in which all classes are about equally frequent: of n samples in a batch, each of K classes gives ⌊n / K⌋, and the n mod K
 * largest classes give one more. With n < K only the n largest classes appear.
 *
 * Every batch is full. A class that runs out within a batch begins again.
 */
export abstract class PrevalenceSampler implements Sampler {
  readonly length: number;
  readonly batchSize: number;
  readonly #classes: readonly Int32Array[];
  readonly #shares: readonly number[];
  readonly #rng: Rng;
  readonly #shuffleBatch: boolean;

  /**
   * @param labels the class of each sample: any number, one per sample.
   * @param stopping an epoch ends with the batch in which the first class is used up; otherwise when as many samples were drawn as there are.
   * @throws ArgumentError for unusable labels, batch size or seed.
   */
  protected constructor(labels: ArrayLike<number>, options: PrevalenceSamplerOptions, stopping: boolean) {
    const { batchSize, seed = 0, shuffleBatch = true } = options;
    checkCount('batchSize', batchSize);
    this.#classes = groupByClass(labels);
    const count = this.#classes.length;
    this.#shares = this.#classes.map((_, rank) => Math.floor(batchSize / count) + (rank < batchSize % count ? 1 : 0));
    const batches = stopping
      ? Math.min(...this.#classes.map(({ length }, rank) => Math.ceil(length / this.#shares[rank]!)))
      : Math.ceil(labels.length / batchSize);
    this.batchSize = batchSize;
    this.length = batches * batchSize;
    this.#rng = createRng(seed).fork('sampler');
    this.#shuffleBatch = shuffleBatch;
  }

  /** Gives one member after the other, for ever. */
  protected abstract walk(members: Int32Array, rng: Rng): Next;

  /** @throws ArgumentError unless the epoch is a non-negative integer. */
  *indices(epoch: number): Iterable<number> {
    checkEpoch(epoch);
    const rng = this.#rng.fork(epoch);
    const walks = this.#classes.map((members, rank) => this.walk(members, rng.fork('class', rank)));
    const smallest = Math.floor(this.batchSize / walks.length);
    for (let batch = 0; batch * this.batchSize < this.length; batch++) {
      const indices = walks.flatMap((next) => Array.from({ length: smallest }, next));
      walks.forEach((next, rank) => {
        if (this.#shares[rank]! > smallest) indices.push(next());
      });
      if (this.#shuffleBatch)
        for (const position of permutation(indices.length, rng.fork('batch', batch))) yield indices[position]!;
      else yield* indices;
    }
  }
}

/** Independent draws: some members come twice before others come at all. */
export const randomWalk = (members: Int32Array, rng: Rng): Next => {
  return () => members[rng.int(members.length)]!;
};

/** One member after the other, from the first again after the last. */
export const sequentialWalk = (members: Int32Array): Next => {
  let position = 0;
  return () => members[position++ % members.length]!;
};
