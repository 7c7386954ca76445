import { ArgumentError, formatShape, type NDArray, ShapeError, sizeOf } from '@delira/core';

/**
 * One slice of the last three axes, without that axis: `[..., z, y, x]` to `[..., y, x]`, `[..., z, x]` or `[..., z, y]`. A copy.
 *
 * @param axis which of the three is left out; default `'z'`.
 * @throws ShapeError below three axes. @throws ArgumentError when the index is not one of the axis.
 */
export function takeSlice(array: NDArray, index: number, axis: 'z' | 'y' | 'x' = 'z'): NDArray {
  const { shape, dtype, data } = array;
  if (shape.length < 3) throw new ShapeError(`A slice is taken of [..., z, y, x], got ${formatShape(shape)}.`);
  const place = shape.length - 3 + ['z', 'y', 'x'].indexOf(axis);
  const count = shape[place]!;
  if (!Number.isInteger(index) || index < 0 || index >= count)
    throw new ArgumentError(`There is no slice ${index} along ${axis}: ${formatShape(shape)} has 0 to ${count - 1}.`);
  const before = sizeOf(shape.slice(0, place));
  const after = sizeOf(shape.slice(place + 1));
  const slice = data.slice(0, before * after);
  for (let block = 0; block < before; block++) {
    const from = (block * count + index) * after;
    slice.set(data.subarray(from, from + after), block * after);
  }
  return { dtype, shape: shape.toSpliced(place, 1), data: slice };
}
