import { InputError, type Rng, type Sample } from '@delira/core';
import type { Collate } from './collate.js';
import type { Dataset } from './datasets/Dataset.js';

/** Changes one sample before it is batched. Returns new arrays: those it is given may be the dataset's own. */
export type Transform = (sample: Sample, rng: Rng) => Sample | Promise<Sample>;

/** A sample of an epoch: `repeat` counts how often the epoch drew that index before. */
export interface Draw {
  readonly index: number;
  readonly repeat: number;
}

export interface BatchParts {
  readonly transform: Transform | null;
  readonly collate: Collate;
  /** Fork of the loader's seed for transforms. */
  readonly rng: Rng;
}

/** @throws InputError naming the sample that cannot be loaded. */
export function loadSample(dataset: Dataset, index: number): Promise<Sample> {
  return during(
    () => dataset.get(index),
    () => `Sample ${index} could not be loaded`,
  );
}

/**
 * Transforms and stacks the samples of a batch. What is drawn for a sample depends on seed, epoch, index and repeat only.
 *
 * @throws InputError naming the sample that cannot be loaded, transformed or batched.
 */
export async function makeBatch(
  parts: BatchParts,
  epoch: number,
  draws: readonly Draw[],
  load: (position: number) => Promise<Sample>,
): Promise<Sample> {
  const { transform, collate, rng } = parts;
  const samples = await Promise.all(
    draws.map(async ({ index, repeat }, position) => {
      const sample = await load(position);
      if (transform === null) return sample;
      return during(
        () => transform(sample, rng.fork(epoch, index, repeat)),
        () => `The transform failed on sample ${index}`,
      );
    }),
  );
  return collate(
    samples,
    draws.map(({ index }) => index),
  );
}

/** The text is made when it is needed: of every sample, it would cost more than all else when there are a million. */
async function during<T>(action: () => T | Promise<T>, what: () => string): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new InputError(`${what()}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
