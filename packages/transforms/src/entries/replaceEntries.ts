import { castArray, type NDArray, type Sample } from '@delira/core';

/** A sample in which some entries are new. */
export function replaceEntries(
  sample: Sample,
  keys: readonly string[],
  change: (array: NDArray, key: string) => NDArray,
): Sample {
  const changed: Record<string, NDArray> = { ...sample };
  for (const key of keys) changed[key] = change(sample[key]!, key);
  return changed;
}

/** An image's values as float32: its own memory when it has them, so never to be written to. */
export function readFloat(array: NDArray): Float32Array {
  return castArray(array, 'float32').data;
}
