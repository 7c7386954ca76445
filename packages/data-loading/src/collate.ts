import { formatShape, InputError, type NDArray, type Sample, sameShape, stackArrays } from '@delira/core';

/** Turns samples into one batch. `indices[i]` is where `samples[i]` stands in the dataset, for error messages. */
export type Collate = (samples: readonly Sample[], indices: readonly number[]) => Sample;

/**
 * Stacks the samples' arrays, key by key, along a new leading axis.
 *
 * @throws InputError naming the sample and key where keys, shapes or dtypes differ from the batch's first sample.
 */
export const collate: Collate = (samples, indices) => {
  const first = samples[0];
  if (first === undefined) throw new InputError('Cannot make a batch of no samples.');
  const keys = Object.keys(first);
  samples.forEach((sample, position) => {
    const problem = difference(first, sample, keys);
    if (problem !== null) {
      throw new InputError(
        `Samples ${indices[0]} and ${indices[position]} do not fit into one batch: ${problem} Use a transform that makes them alike, your own collate, or batchSize: 1.`,
      );
    }
  });
  return Object.fromEntries(keys.map((key) => [key, stackArrays(samples.map((sample) => sample[key]!))]));
};

function difference(first: Sample, other: Sample, keys: readonly string[]): string | null {
  const extra = Object.keys(other).find((key) => !Object.hasOwn(first, key));
  if (extra !== undefined) return `only the second has "${extra}".`;
  for (const key of keys) {
    if (!Object.hasOwn(other, key)) return `only the first has "${key}".`;
    const [a, b] = [first[key]!, other[key]!];
    if (a.dtype !== b.dtype || !sameShape(a.shape, b.shape))
      return `their "${key}" are ${describe(a)} and ${describe(b)}.`;
  }
  return null;
}

function describe({ dtype, shape }: NDArray): string {
  return `${dtype} ${formatShape(shape)}`;
}
