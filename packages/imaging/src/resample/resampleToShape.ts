import type { Vector3 } from '../geometry/Geometry.js';
import { add, apply } from '../geometry/matrices.js';
import { gridOf, type Volume } from '../Volume.js';
import { originOffset } from './originOffset.js';
import { resampleToImage, type ResampleOptions } from './resampleToImage.js';

export interface ResampleToShapeOptions extends ResampleOptions {
  /**
   * What stays in its place: the centres of the outermost voxels (`'centres'`, the default, as delira and `scipy.ndimage.zoom` do) or the
   * outer edges (`'edges'`).
   */
  readonly align?: 'centres' | 'edges';
}

/**
 * An image with another number of voxels over the same extent; spacing and origin follow.
 *
 * @param shape in the order of the array: z, y, x.
 * @throws ArgumentError when a count is not a positive integer.
 */
export function resampleToShape(image: Volume, shape: Vector3, options: ResampleToShapeOptions = {}): Volume {
  const grid = gridOf(image);
  const size: Vector3 = [shape[2], shape[1], shape[0]];
  const edges = options.align === 'edges';
  const spacingOf = (axis: 0 | 1 | 2): number => {
    const [before, after] = [grid.size[axis], size[axis]];
    if (edges) return (grid.spacing[axis] * before) / after;
    // One voxel has no second centre to be aligned with.
    return before === 1 || after === 1 ? grid.spacing[axis] : (grid.spacing[axis] * (before - 1)) / (after - 1);
  };
  const spacing: Vector3 = [spacingOf(0), spacingOf(1), spacingOf(2)];
  const origin = edges ? add(grid.origin, apply(grid.direction, originOffset(spacing, grid.spacing))) : grid.origin;
  return resampleToImage(image, { ...grid, size, spacing, origin }, options);
}
