import { currentTrace, type DType, ndarray, type Shape, type Tensor } from '@delira/core';

/** A constant of a floating dtype; a backend of higher precision sees the values unrounded. */
export function constantArray(values: readonly number[], shape: Shape, dtype: DType): Tensor {
  const held = dtype === 'float64' ? 'float64' : 'float32';
  return currentTrace()
    .constant(ndarray(values, shape, 'float64'), held)
    .cast(dtype);
}
