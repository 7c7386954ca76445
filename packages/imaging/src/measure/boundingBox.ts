import { ArgumentError, formatShape, type NDArray, sizeOf } from '@delira/core';

/** A part of an array, in the order of its axes (z, y, x): from `start` up to, and without, `end`, as in `slice`. */
export interface Box {
  readonly start: readonly number[];
  readonly end: readonly number[];
}

export interface BoundingBoxOptions {
  /** Elements added on both sides of each axis, as far as there are any; default 0. One number for all axes, or one for each. */
  readonly margin?: number | readonly number[];
}

/**
 * The smallest box around everything that is not zero, in any number of dimensions; `null` where all is zero. delira's `bounding_box` gave the last
 * element instead of the end: `(1, 2, 2, 3, 3, 5)` is here `{ start: [1, 2, 3], end: [3, 4, 6] }`.
 *
 * @throws ArgumentError when a margin is not a whole number from 0 on.
 */
export function boundingBox(mask: NDArray, options: BoundingBoxOptions = {}): Box | null {
  const { shape, data } = mask;
  const margins = marginsOf(options.margin ?? 0, shape);
  const start = shape.map(() => Infinity);
  const end = shape.map(() => 0);
  const width = shape.at(-1) ?? 1;
  const last = shape.length - 1;
  // Row by row: the other axes are looked at once per row that holds something.
  const rows = width === 0 ? 0 : sizeOf(shape) / width;
  for (let row = 0; row < rows; row++) {
    const base = row * width;
    let first = 0;
    while (first < width && data[base + first] === 0) first++;
    if (first === width) continue;
    let stop = width;
    while (data[base + stop - 1] === 0) stop--;
    let rest = row;
    for (let axis = last - 1; axis >= 0; axis--) {
      const index = rest % shape[axis]!;
      rest = (rest - index) / shape[axis]!;
      start[axis] = Math.min(start[axis]!, index);
      end[axis] = Math.max(end[axis]!, index + 1);
    }
    if (last < 0) return { start: [], end: [] };
    start[last] = Math.min(start[last]!, first);
    end[last] = Math.max(end[last]!, stop);
  }
  if (start.length === 0 || start[0] === Infinity) return null;
  return {
    start: start.map((value, axis) => Math.max(0, value - margins[axis]!)),
    end: end.map((value, axis) => Math.min(shape[axis]!, value + margins[axis]!)),
  };
}

function marginsOf(margin: number | readonly number[], shape: readonly number[]): readonly number[] {
  const margins = typeof margin === 'number' ? shape.map(() => margin) : margin;
  if (margins.length !== shape.length || !margins.every((value) => Number.isSafeInteger(value) && value >= 0))
    throw new ArgumentError(
      `A margin is a whole number from 0 on, for all axes or for each of ${formatShape(shape)}; got [${margins.join(', ')}].`,
    );
  return margins;
}
