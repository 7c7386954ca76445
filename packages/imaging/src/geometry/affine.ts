import { ArgumentError } from '@delira/core';
import type { Geometry, Matrix3, Matrix4, Vector3 } from './Geometry.js';
import { add, apply, invert, scaleColumns, subtract } from './matrices.js';

/** Which sides of the patient the three world axes point to. */
export type World = 'LPS' | 'RAS';

/**
 * The matrix that takes an index (x, y, z, 1) to its world position: for `'RAS'` what nibabel calls `affine`.
 *
 * @param world default `'LPS'`.
 */
export function affineOf(geometry: Geometry, world: World = 'LPS'): Matrix4 {
  const [a, b, c, d, e, f, g, h, i] = scaleColumns(geometry.direction, geometry.spacing);
  const [x, y, z] = geometry.origin;
  return flip([a, b, c, x, d, e, f, y, g, h, i, z, 0, 0, 0, 1], world);
}

/**
 * The geometry of an affine: spacing is the length of its columns, direction what remains. A shear stays in `direction`, whose columns
 * are then not at right angles.
 *
 * @param world what the affine's positions are in; default `'LPS'`.
 * @throws ArgumentError when it is not finite or squeezes the space flat.
 */
export function geometryFromAffine(affine: Matrix4, world: World = 'LPS'): Geometry {
  const [a, b, c, x, d, e, f, y, g, h, i, z] = flip(affine, world);
  if (![a, b, c, x, d, e, f, y, g, h, i, z].every(Number.isFinite))
    throw new ArgumentError(`An affine must be finite, got [${affine.join(', ')}].`);
  const spacing: Vector3 = [Math.hypot(a, d, g), Math.hypot(b, e, h), Math.hypot(c, f, i)];
  if (spacing.includes(0))
    throw new ArgumentError(`An affine's columns give the spacing, so none may be zero: [${affine.join(', ')}].`);
  const [p, q, r] = spacing;
  const direction: Matrix3 = [a / p, b / q, c / r, d / p, e / q, f / r, g / p, h / q, i / r];
  invert(direction, 'affine');
  return { spacing, origin: [x, y, z], direction };
}

/** World position (LPS, mm) of an index in the order x, y, z, which may lie between voxels. */
export function indexToWorld(geometry: Geometry, index: Vector3): Vector3 {
  return add(apply(scaleColumns(geometry.direction, geometry.spacing), index), geometry.origin);
}

/** The index, in the order x, y, z and not rounded, of a world position (LPS, mm). */
export function worldToIndex(geometry: Geometry, position: Vector3): Vector3 {
  return apply(worldToIndexMatrix(geometry), subtract(position, geometry.origin));
}

/** The part of `worldToIndex` that follows the subtraction of the origin. */
export function worldToIndexMatrix(geometry: Geometry): Matrix3 {
  return invert(scaleColumns(geometry.direction, geometry.spacing), 'direction');
}

/** RAS to LPS and back: x and y point the other way. */
function flip(matrix: Matrix4, world: World): Matrix4 {
  if (world === 'LPS') return matrix;
  // Adding zero turns -0 into 0.
  return matrix.map((value, index) => (index < 8 ? -value + 0 : value)) as unknown as Matrix4;
}
