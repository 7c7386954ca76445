import { type Shape, stridesOf } from '@delira/core';
import { squaredDistances } from './distanceTransform.js';

/** How far the surfaces of two regions lie apart, voxel by voxel. */
export interface SurfaceDistances {
  /** From each surface voxel of the prediction to the target's surface. */
  readonly fromPrediction: Float64Array;
  /** From each surface voxel of the target to the prediction's surface. */
  readonly fromTarget: Float64Array;
}

/**
 * Distances between the surfaces of two masks, in the unit of `spacing`. A voxel is of the surface if one of its neighbours along an axis,
 * or the image's border, is not of the region, as in MONAI. Distances to an empty region are infinite.
 */
export function surfaceDistances(
  prediction: Uint8Array,
  target: Uint8Array,
  shape: Shape,
  spacing: readonly number[],
): SurfaceDistances {
  const [predicted, expected] = [surfaceOf(prediction, shape), surfaceOf(target, shape)];
  return { fromPrediction: between(predicted, expected), fromTarget: between(expected, predicted) };

  function between(from: Uint8Array, to: Uint8Array): Float64Array {
    const squares = squaredDistances(to, shape, spacing);
    return squares.filter((_, voxel) => from[voxel] === 1).map(Math.sqrt);
  }
}

function surfaceOf(mask: Uint8Array, shape: Shape): Uint8Array {
  const strides = stridesOf(shape);
  return mask.map((inside, voxel) => {
    if (inside === 0) return 0;
    const isInner = shape.every((extent, axis) => {
      const stride = strides[axis]!;
      const position = Math.floor(voxel / stride) % extent;
      return position > 0 && position < extent - 1 && mask[voxel - stride] === 1 && mask[voxel + stride] === 1;
    });
    return isInner ? 0 : 1;
  });
}

/** The value below which a share of the values lie, interpolated linearly as NumPy does; NaN of none. */
export function percentileOf(values: Float64Array, percentile: number): number {
  if (values.length === 0) return NaN;
  const sorted = values.slice().sort();
  const position = (percentile / 100) * (sorted.length - 1);
  const below = Math.floor(position);
  const [low, high] = [sorted[below]!, sorted[Math.ceil(position)]!];
  return low === high ? low : low + (position - below) * (high - low);
}
