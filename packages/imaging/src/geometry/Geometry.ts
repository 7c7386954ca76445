/** Three numbers in the order x, y, z, unless said otherwise. */
export type Vector3 = readonly [number, number, number];

/** A 3×3 matrix, row by row. */
export type Matrix3 = readonly [number, number, number, number, number, number, number, number, number];

/** A 4×4 matrix, row by row. */
export type Matrix4 = readonly [
  ...[number, number, number, number],
  ...[number, number, number, number],
  ...[number, number, number, number],
  ...[number, number, number, number],
];

/**
 * Where voxels lie. World coordinates are millimetres towards the patient's **L**eft, **P**osterior and **S**uperior side (LPS), as in
 * SimpleITK and DICOM; NIfTI and nibabel use RAS, which `affineOf` and `geometryFromAffine` convert.
 *
 * The world position of a voxel is `origin + direction · (spacing ∘ index)`, with the index in the order x, y, z.
 */
export interface Geometry {
  /** Distance between voxel centres along x, y, z; positive. */
  readonly spacing: Vector3;
  /** World position of the centre of voxel (0, 0, 0). */
  readonly origin: Vector3;
  /** Columns are the world directions of the array's x, y and z axis; for any image from a scanner they are orthonormal. */
  readonly direction: Matrix3;
}

/** A geometry and how many voxels it has: all that resampling needs to know of its target. */
export interface Grid extends Geometry {
  /** Voxels along x, y, z: the reverse of an array's shape. */
  readonly size: Vector3;
}

export const IDENTITY_DIRECTION: Matrix3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];
