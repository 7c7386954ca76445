import { InputError, type NDArray, type Sample } from '@delira/core';

/** @throws InputError listing what there is. */
export function entryOf(sample: Sample, key: string, metric: string, what: 'outputs' | 'batch'): NDArray {
  const array = Object.hasOwn(sample, key) ? sample[key] : undefined;
  if (array === undefined) {
    throw new InputError(
      `The metric "${metric}" reads "${key}", which is not in the ${what}. There: ${Object.keys(sample).join(', ') || 'nothing'}.`,
    );
  }
  return array;
}
