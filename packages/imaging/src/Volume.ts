import { ArgumentError, formatShape, type NDArray, ShapeError } from '@delira/core';
import { type Geometry, type Grid, IDENTITY_DIRECTION, type Matrix3, type Vector3 } from './geometry/Geometry.js';
import { invert } from './geometry/matrices.js';

/**
 * An image that knows where it lies: plain data, structured-cloneable. World coordinates are LPS in millimetres (see `Geometry`). The array's
 * axes are slowest first (z, y, x); spacing, origin and direction count x, y, z, as everywhere in SimpleITK.
 */
export interface Volume extends Geometry {
  /** `[..., z, y, x]`: axes before the last three are channels, time points… of one grid. */
  readonly array: NDArray;
  /** What a file said besides, by its own names. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What may be given of a volume besides its array. */
export interface VolumeOptions {
  /** Millimetres along x, y, z; default 1. */
  readonly spacing?: Vector3;
  /** Default zero. */
  readonly origin?: Vector3;
  /** Default the identity. */
  readonly direction?: Matrix3;
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * A volume of an array `[..., z, y, x]`, which it keeps and does not copy.
 *
 * @throws ShapeError when the array has fewer than three axes.
 * @throws ArgumentError when the geometry is not finite, a spacing is not positive or the direction cannot be inverted.
 */
export function volume(array: NDArray, options: VolumeOptions = {}): Volume {
  if (array.shape.length < 3) {
    throw new ShapeError(
      `A volume's array is [..., z, y, x], got ${formatShape(array.shape)}. Give a single slice the shape [1, y, x].`,
    );
  }
  const geometry = {
    spacing: options.spacing ?? UNIT,
    origin: options.origin ?? ZERO,
    direction: options.direction ?? IDENTITY_DIRECTION,
  };
  checkGeometry(geometry);
  return { array, ...geometry, metadata: options.metadata ?? {} };
}

/** The grid a volume lies on. A grid is returned as it is. */
export function gridOf(image: Volume | Grid): Grid {
  if ('size' in image) return image;
  const [z, y, x] = image.array.shape.slice(-3) as unknown as Vector3;
  return { size: [x, y, z], spacing: image.spacing, origin: image.origin, direction: image.direction };
}

/** @throws ArgumentError */
export function checkGeometry({ spacing, origin, direction }: Geometry): void {
  if (spacing.length !== 3 || !spacing.every((step) => Number.isFinite(step) && step > 0))
    throw new ArgumentError(
      `A spacing is three positive numbers (x, y, z), in millimetres; got [${spacing.join(', ')}].`,
    );
  if (origin.length !== 3 || !origin.every(Number.isFinite))
    throw new ArgumentError(`An origin is three finite numbers (x, y, z), in millimetres; got [${origin.join(', ')}].`);
  if (direction.length !== 9) throw new ArgumentError(`A direction is nine numbers, got ${direction.length}.`);
  invert(direction, 'direction');
}

/** @throws ArgumentError when the size is not three counts, or the geometry is not one. */
export function checkGrid(grid: Grid): void {
  if (grid.size.length !== 3 || !grid.size.every((count) => Number.isSafeInteger(count) && count >= 1))
    throw new ArgumentError(
      `A grid's size is three counts of voxels (x, y, z), at least 1; got [${grid.size.join(', ')}].`,
    );
  checkGeometry(grid);
}

const UNIT: Vector3 = [1, 1, 1];
const ZERO: Vector3 = [0, 0, 0];
