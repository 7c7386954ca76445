import { ArgumentError } from '@delira/core';

/** What a sampler draws from: a number of samples, a dataset (anything with a length), or a list of the indices to choose among. */
export type IndexSource = number | readonly number[] | Int32Array | { readonly length: number };

/**
 * The candidate indices, in order.
 *
 * @throws ArgumentError when there are none, or one is not a non-negative integer.
 */
export function candidatesOf(source: IndexSource): Int32Array {
  const candidates = isList(source) ? listed(source) : counted(source);
  if (candidates.length === 0)
    throw new ArgumentError('A sampler has nothing to draw from: the dataset or list of indices is empty.');
  return candidates;
}

/** Whether the indices are named one by one; otherwise they are all from 0 on. */
export function isList(source: IndexSource): source is readonly number[] | Int32Array {
  return Array.isArray(source) || source instanceof Int32Array;
}

function counted(source: number | { readonly length: number }): Int32Array {
  const length = typeof source === 'number' ? source : source.length;
  if (!isIndex(length))
    throw new ArgumentError(`A sampler needs a number of samples from 1 to 2^31 - 1, got ${length}.`);
  return Int32Array.from({ length }, (_, index) => index);
}

function listed(source: ArrayLike<number>): Int32Array {
  for (let position = 0; position < source.length; position++) {
    const index = source[position]!;
    if (!isIndex(index))
      throw new ArgumentError(
        `Position ${position} of the list of indices holds ${index}. Indices are integers from 0 to 2^31 - 1.`,
      );
  }
  return Int32Array.from(source);
}

function isIndex(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < 0x80000000;
}
