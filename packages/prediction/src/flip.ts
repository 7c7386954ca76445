import { allocate, type DataOf, type DType, type NDArray, sizeOf } from '@delira/core';

/** The array with the order along some axes reversed. */
export function flip<D extends DType>(array: NDArray<D>, axes: readonly number[]): NDArray<D> {
  let { data } = array;
  for (const axis of axes) data = flipAxis({ ...array, data }, axis);
  return { ...array, data };
}

function flipAxis<D extends DType>({ data, dtype, shape }: NDArray<D>, axis: number): DataOf[D] {
  const extent = shape[axis]!;
  const inner = sizeOf(shape.slice(axis + 1));
  const flipped = allocate(dtype, data.length);
  for (let block = 0; block < data.length; block += extent * inner) {
    for (let index = 0; index < extent; index++) {
      const from = block + index * inner;
      const to = block + (extent - 1 - index) * inner;
      if (inner === 1) flipped[to] = data[from]!;
      else flipped.set(data.subarray(from, from + inner), to);
    }
  }
  return flipped;
}
