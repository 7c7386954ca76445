import { allocate, type DType, DTypeError, ArgumentError, type NDArray, sizeOf } from '@delira/core';
import type { Grid, Matrix4 } from '../geometry/Geometry.js';
import { checkGrid, gridOf, type Volume } from '../Volume.js';
import { cubicRows } from './cubicRows.js';
import { type IndexMap, indexMap } from './IndexMap.js';
import type { Interpolation } from './Interpolation.js';
import { linearRows } from './linearRows.js';
import { nearestRows } from './nearestRows.js';
import type { RowSampler, Source } from './RowSampler.js';
import { storeRow } from './storeRow.js';

export interface ResampleOptions {
  /** Default `'linear'`; label maps need `'nearest'`. */
  readonly interpolation?: Interpolation;
  /** The value of voxels outside of the image; default 0. */
  readonly fill?: number;
  /**
   * Of the result; default the image's own. Integers are truncated, as in SimpleITK: ask for a floating type to keep what lies between,
   * and for a boolean mask count on true from one half on.
   */
  readonly dtype?: DType;
}

export interface ResampleToImageOptions extends ResampleOptions {
  /** Takes world positions (LPS, mm) of the reference to those of the image; default the identity. */
  readonly transform?: Matrix4;
}

const samplers = { nearest: nearestRows, linear: linearRows, cubic: cubicRows } satisfies Record<
  Interpolation,
  (source: Source, map: IndexMap) => RowSampler
>;

/**
 * An image on the grid of another: its voxels are looked up through both geometries, however they lie to each other. Equals SimpleITK's
 * `Resample` with `sitkNearestNeighbor`, `sitkLinear` and `sitkBSpline` (delira's `sitk_resample_to_image`). Leading axes are resampled
 * one by one.
 *
 * @param reference a volume, of which only the grid matters, or a grid.
 * @throws DTypeError for float16, which the host stores as raw bits.
 * @throws ArgumentError when the interpolation is unknown, or a geometry cannot be inverted.
 */
export function resampleToImage(image: Volume, reference: Volume | Grid, options: ResampleToImageOptions = {}): Volume {
  const { interpolation = 'linear', fill = 0, dtype = image.array.dtype, transform = null } = options;
  if (!Object.hasOwn(samplers, interpolation))
    throw new ArgumentError(
      `"${String(interpolation)}" is not an interpolation. Use one of ${Object.keys(samplers).join(', ')}.`,
    );
  for (const type of [image.array.dtype, dtype])
    if (type === 'float16')
      throw new DTypeError('float16 cannot be resampled: the host stores it as raw bits. Cast it to float32.');
  const target = gridOf(reference);
  checkGrid(target);
  const source = gridOf(image);
  const map = indexMap(source, target, transform);
  const array = sample(image.array, source, map, { sampler: samplers[interpolation], fill, dtype });
  return {
    array,
    spacing: target.spacing,
    origin: target.origin,
    direction: target.direction,
    metadata: image.metadata,
  };
}

function sample(
  array: NDArray,
  { size }: Grid,
  map: IndexMap,
  options: {
    readonly sampler: (source: Source, map: IndexMap) => RowSampler;
    readonly fill: number;
    readonly dtype: DType;
  },
): NDArray {
  const [width, height, depth] = map.size;
  const leading = array.shape.slice(0, -3);
  const channels = sizeOf(leading);
  const [inputs, outputs] = [sizeOf(size), width * height * depth];
  const data = allocate(options.dtype, channels * outputs);
  const row = new Float64Array(width);
  for (let channel = 0; channel < channels; channel++) {
    const values = array.data.subarray(channel * inputs, (channel + 1) * inputs);
    const sampleRow = options.sampler({ values, size }, map);
    for (let z = 0; z < depth; z++) {
      for (let y = 0; y < height; y++) {
        row.fill(options.fill);
        sampleRow(y, z, row);
        storeRow(row, options.dtype, data, channel * outputs + (z * height + y) * width);
      }
    }
  }
  return { dtype: options.dtype, shape: [...leading, depth, height, width], data };
}
