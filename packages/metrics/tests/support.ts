import { type DType, type NDArray, ndarray } from '@delira/core';
import type { Accumulator } from '../src/index.js';

export const labels = (
  values: readonly number[],
  shape: readonly number[] = [values.length],
  dtype: DType = 'int32',
): NDArray => ndarray([...values], shape, dtype);

/** The result after batches of (prediction, target). */
export function run<S, R>(metric: Accumulator<S, R>, ...batches: readonly (readonly [NDArray, NDArray])[]): R {
  const state = batches.reduce(
    (previous, [pred, label]) => metric.update(previous, { pred }, { label }),
    metric.init(),
  );
  return metric.result(state);
}
