import { DTypeError, formatShape, type NDArray, ShapeError } from '@delira/core';

export interface MaxEnergySliceOptions {
  /** What is summed: the values, as in delira, or their squares, which negative values do not distort. Default `'sum'`. */
  readonly energy?: 'sum' | 'squares';
}

/**
 * The index along z of the slice with the most energy; the first one at ties.
 *
 * @param image `[z, y, x]`.
 * @throws ShapeError for other ranks, or no slices. @throws DTypeError for float16.
 */
export function maxEnergySlice(image: NDArray, options: MaxEnergySliceOptions = {}): number {
  const { shape, data, dtype } = image;
  if (shape.length !== 3 || shape[0] === 0)
    throw new ShapeError(`Slices are counted in [z, y, x], got ${formatShape(shape)}. Take one channel.`);
  if (dtype === 'float16')
    throw new DTypeError('float16 cannot be summed: the host stores it as raw bits. Cast it to float32.');
  const squares = options.energy === 'squares';
  const area = shape[1]! * shape[2]!;
  let best = 0;
  let most = -Infinity;
  for (let slice = 0; slice < shape[0]!; slice++) {
    let sum = 0;
    for (let i = slice * area; i < (slice + 1) * area; i++) sum += squares ? data[i]! * data[i]! : data[i]!;
    if (sum > most) [best, most] = [slice, sum];
  }
  return best;
}
