import { allocate, type NDArray, sizeOf } from '@delira/core';

/** What turns scores `[N, K, ...spatial]` into probabilities: over the classes, of each by itself, or nothing. */
export type Activation = 'softmax' | 'sigmoid' | 'none';

/** The array's activation, a new array unless it is `'none'`. */
export function activate(array: NDArray, activation: Activation): NDArray {
  if (activation === 'none') return array;
  const { data, dtype, shape } = array;
  const result = allocate(dtype, data.length);
  if (activation === 'sigmoid') {
    for (let i = 0; i < data.length; i++) result[i] = 1 / (1 + Math.exp(-data[i]!));
    return { dtype, shape, data: result };
  }
  const [rows = 0, classes = 1] = shape;
  const positions = sizeOf(shape.slice(2));
  for (let row = 0; row < rows; row++) {
    for (let position = 0; position < positions; position++) {
      const first = row * classes * positions + position;
      const end = first + classes * positions;
      let highest = -Infinity;
      for (let i = first; i < end; i += positions) highest = Math.max(highest, data[i]!);
      let sum = 0;
      for (let i = first; i < end; i += positions) sum += result[i] = Math.exp(data[i]! - highest);
      for (let i = first; i < end; i += positions) result[i]! /= sum;
    }
  }
  return { dtype, shape, data: result };
}
