import { InputError, type NDArray } from '@delira/core';
import { type Geometry, type Interpolation, resampleToShape, type Vector3, volume } from '@delira/imaging';
import { schema, type Schema } from '@delira/parameters';

const { list, number, optional, string } = schema;

/** Options of datasets of volumes: the spacing that all are brought to. */
export const spacingOptions: {
  readonly spacing: Schema<readonly number[] | undefined>;
  readonly interpolation: Schema<string>;
} = {
  spacing: optional(list(number({ minimum: 0 }))),
  interpolation: string({ choices: ['linear', 'cubic'], default: 'linear' }),
};

/** What those options say. */
export interface Resampling {
  /** Millimetres along x, y, z; default: volumes stay as they are. */
  readonly spacing?: readonly number[];
  /** Of images; labels take the nearest voxel. */
  readonly interpolation: string;
}

/** @throws InputError unless the spacing is one of volumes, and these are volumes. */
export function checkSpacing({ spacing }: Resampling, rank: 2 | 3): void {
  if (spacing === undefined) return;
  if (rank === 2)
    throw new InputError(
      'dataset.options.spacing is of volumes, but the files of the dataset are images. Leave it out, or use Resize.',
    );
  if (spacing.length !== 3 || spacing.some((step) => !(step > 0)))
    throw new InputError(
      `dataset.options.spacing is [${spacing.join(', ')}], but must be three numbers above 0: mm along x, y, z.`,
    );
}

/**
 * An array `[C, z, y, x]` with so many voxels that their spacing is the one wanted, as nearly as whole numbers allow; the outer edges stay
 * (nnU-Net's habit).
 */
export function toSpacing(
  array: NDArray,
  geometry: Geometry,
  wanted: readonly number[],
  interpolation: Interpolation,
): NDArray {
  const [x, y, z] = geometry.spacing;
  const before = array.shape.slice(-3);
  const shape = [z, y, x].map((step, axis) => Math.max(1, Math.round((before[axis]! * step) / wanted[2 - axis]!)));
  if (shape.every((count, axis) => count === before[axis])) return array;
  return toShape(array, shape, interpolation);
}

/** An array `[C, z, y, x]` with other counts of voxels over the same extent. */
export function toShape(array: NDArray, [z, y, x]: readonly number[], interpolation: Interpolation): NDArray {
  const shape: Vector3 = [z!, y!, x!];
  return resampleToShape(volume(array), shape, { interpolation, align: 'edges' }).array;
}
