import { apply, add } from '../geometry/matrices.js';
import type { Vector3 } from '../geometry/Geometry.js';
import { gridOf, type Volume } from '../Volume.js';
import { originOffset } from './originOffset.js';
import { resampleToImage, type ResampleOptions } from './resampleToImage.js';

/**
 * An image with another spacing. Its outer edges stay where they are: the new size is `ceil(size · old / new)`, with the quotient rounded to
 * five decimals first, and the origin moves by half the difference along the image's own axes (delira's `sitk_resample_to_spacing`,
 * which forgot the axes).
 *
 * @param spacing millimetres along x, y, z; default 1.
 * @throws ArgumentError when a spacing is not positive.
 */
export function resampleToSpacing(image: Volume, spacing: Vector3 = [1, 1, 1], options: ResampleOptions = {}): Volume {
  const grid = gridOf(image);
  const count = (axis: 0 | 1 | 2): number =>
    Math.max(1, Math.ceil(Math.round(((grid.size[axis] * grid.spacing[axis]) / spacing[axis]) * 1e5) / 1e5));
  const origin = add(grid.origin, apply(grid.direction, originOffset(spacing, grid.spacing)));
  return resampleToImage(image, { ...grid, size: [count(0), count(1), count(2)], spacing, origin }, options);
}
