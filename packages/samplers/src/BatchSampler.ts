import { ArgumentError } from '@delira/core';
import { checkCount } from './checks.js';
import type { Sampler } from './Sampler.js';

export interface BatchSamplerOptions {
  readonly batchSize: number;
  /** Leaves out a last batch that is not full; default `false`. */
  readonly dropLast?: boolean;
}

/** The indices of a sampler, cut into batches. */
export class BatchSampler {
  /** Batches per epoch. */
  readonly length: number;
  readonly batchSize: number;

  /** @throws ArgumentError for an unusable batch size, one that the sampler does not compose its batches for, or when no batch is left. */
  constructor(
    readonly sampler: Sampler,
    { batchSize, dropLast = false }: BatchSamplerOptions,
  ) {
    checkCount('batchSize', batchSize);
    if (sampler.batchSize !== undefined && sampler.batchSize !== batchSize)
      throw new ArgumentError(
        `The sampler composes batches of ${sampler.batchSize}, but batchSize is ${batchSize}. Give both the same.`,
      );
    this.batchSize = batchSize;
    this.length = dropLast ? Math.floor(sampler.length / batchSize) : Math.ceil(sampler.length / batchSize);
    if (this.length === 0)
      throw new ArgumentError(
        `The sampler gives ${sampler.length} samples, which make no batch of ${batchSize}. Lower batchSize, or leave out dropLast.`,
      );
  }

  /** @param epoch counted from 0. */
  *batches(epoch: number): Iterable<readonly number[]> {
    let batch: number[] = [];
    let left = this.length;
    for (const index of this.sampler.indices(epoch)) {
      batch.push(index);
      if (batch.length < this.batchSize) continue;
      yield batch;
      if (--left === 0) return;
      batch = [];
    }
    if (batch.length > 0 && left > 0) yield batch;
  }
}
