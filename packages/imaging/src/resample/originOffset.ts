import type { Vector3 } from '../geometry/Geometry.js';

/**
 * How far the first voxel's centre moves along each axis when voxels change their size and the image's outer edge stays:
 * `(newSpacing - oldSpacing) / 2` (delira's `calculate_origin_offset`). The axes are the image's own; its direction turns them into
 * the world's.
 */
export function originOffset(newSpacing: Vector3, oldSpacing: Vector3): Vector3 {
  return [
    (newSpacing[0] - oldSpacing[0]) / 2,
    (newSpacing[1] - oldSpacing[1]) / 2,
    (newSpacing[2] - oldSpacing[2]) / 2,
  ];
}
