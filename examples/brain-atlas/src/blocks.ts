import { allocate, type NDArray } from '@delira/core';

/** A box of an array, `[first, end)` of each axis, copied. */
export function boxOf<T extends NDArray>(array: T, ranges: readonly (readonly [first: number, end: number])[]): T {
  const shape = ranges.map(([first, end]) => end - first);
  const data = allocate(
    array.dtype,
    shape.reduce((product, extent) => product * extent, 1),
  );
  const last = ranges.length - 1;
  let written = 0;
  const walk = (axis: number, offset: number): void => {
    const [first, end] = ranges[axis]!;
    const start = offset * array.shape[axis]!;
    if (axis === last) {
      data.set(array.data.subarray(start + first, start + end), written);
      written += end - first;
      return;
    }
    for (let index = first; index < end; index++) walk(axis + 1, start + index);
  };
  walk(0, 0);
  return { ...array, shape, data };
}

/** The slices of a volume `[z, y, x]` across x: `[x, z, y]`, all of them. */
export function sagittalSlices<T extends NDArray>({ dtype, data, shape }: T): NDArray<T['dtype']> {
  const [depth, height, width] = shape as unknown as readonly [number, number, number];
  const slices = allocate(dtype, data.length);
  for (let x = 0; x < width; x++)
    for (let i = 0; i < depth * height; i++) slices[x * depth * height + i] = data[i * width + x]!;
  return { dtype, shape: [width, depth, height], data: slices as NDArray<T['dtype']>['data'] };
}

/** The inverse: `[x, z, y]` becomes `[z, y, x]`. */
export function fromSagittalSlices<T extends NDArray>({ dtype, data, shape }: T): NDArray<T['dtype']> {
  const [width, depth, height] = shape as unknown as readonly [number, number, number];
  const array = allocate(dtype, data.length);
  for (let x = 0; x < width; x++)
    for (let i = 0; i < depth * height; i++) array[i * width + x] = data[x * depth * height + i]!;
  return { dtype, shape: [depth, height, width], data: array as NDArray<T['dtype']>['data'] };
}
