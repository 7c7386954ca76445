import { type DType, full } from '@delira/core';
import { type Geometry, IDENTITY_DIRECTION, type Vector3 } from './geometry/Geometry.js';
import { checkGrid, type Volume } from './Volume.js';

export interface BlankVolumeOptions extends Partial<Geometry> {
  /** Voxels along x, y, z. */
  readonly size: Vector3;
  /** Of every voxel; default 0. */
  readonly fill?: number;
  /** Default `'float64'`, as delira's. */
  readonly dtype?: Exclude<DType, 'float16'>;
}

/**
 * A volume of one value (delira's `sitk_new_blank_image`). The spacing defaults to 1, the origin to 0, the direction to the identity.
 *
 * @throws ArgumentError when the size or the geometry is not one.
 */
export function blankVolume(options: BlankVolumeOptions): Volume {
  const { size, fill = 0, dtype = 'float64', spacing = [1, 1, 1], origin = [0, 0, 0] } = options;
  const direction = options.direction ?? IDENTITY_DIRECTION;
  checkGrid({ size, spacing, origin, direction });
  return { array: full([size[2], size[1], size[0]], fill, dtype), spacing, origin, direction, metadata: {} };
}
