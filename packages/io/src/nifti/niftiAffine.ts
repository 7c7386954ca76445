import type { Matrix4 } from '@delira/imaging';
import type { NIFTI1, NIFTI2 } from 'nifti-reader-js';
import { FormatError } from '../errors.js';

/** Which of a header's ways to say where voxels lie: the affine, the quaternion, or the voxel sizes alone. */
export type NiftiForm = 'sform' | 'qform' | 'pixdim';

/** Millimetres per unit of `xyzt_units`. */
const units: Readonly<Record<number, number>> = { 1: 1000, 2: 1, 3: 0.001 };

/**
 * The affine from index to world (RAS, mm): the sform where its code is set, else the qform, else the voxel sizes, as nibabel does except that the
 * voxel sizes alone put voxel (0, 0, 0) at the origin, as the standard says.
 *
 * @param form to read another one than that.
 */
export function niftiAffine(header: NIFTI1 | NIFTI2, view: DataView, form?: NiftiForm): Matrix4 {
  const chosen = form ?? (header.sform_code > 0 ? 'sform' : header.qform_code > 0 ? 'qform' : 'pixdim');
  const scale = units[header.xyzt_units & 7] ?? 1;
  const affine =
    chosen === 'sform'
      ? storedAffine(header, view)
      : chosen === 'qform'
        ? quaternionAffine(header)
        : sizesAffine(header);
  return affine.map((value, index) => (index < 12 ? value * scale : value)) as unknown as Matrix4;
}

/** Read from the bytes: the library keeps the sform of a NIfTI-1 header only if its code is the larger one. */
function storedAffine({ littleEndian, magic }: NIFTI1 | NIFTI2, view: DataView): Matrix4 {
  const first = magic.includes('2');
  const read = (index: number): number =>
    first ? view.getFloat64(400 + 8 * index, littleEndian) : view.getFloat32(280 + 4 * index, littleEndian);
  return [...Array.from({ length: 12 }, (_, index) => read(index)), 0, 0, 0, 1] as unknown as Matrix4;
}

function quaternionAffine(header: NIFTI1 | NIFTI2): Matrix4 {
  let [b, c, d] = [header.quatern_b, header.quatern_c, header.quatern_d];
  const rest = 1 - (b * b + c * c + d * d);
  let a = Math.sqrt(Math.max(0, rest));
  if (rest < 1e-7) {
    // Half a turn, which single precision may have made a little more than that.
    const norm = Math.hypot(b, c, d);
    [a, b, c, d] = [0, b / norm, c / norm, d / norm];
  }
  const [x, y, z] = sizesOf(header);
  const k = header.pixDims[0]! < 0 ? -z : z;
  return [
    (a * a + b * b - c * c - d * d) * x,
    2 * (b * c - a * d) * y,
    2 * (b * d + a * c) * k,
    header.qoffset_x,
    2 * (b * c + a * d) * x,
    (a * a + c * c - b * b - d * d) * y,
    2 * (c * d - a * b) * k,
    header.qoffset_y,
    2 * (b * d - a * c) * x,
    2 * (c * d + a * b) * y,
    (a * a + d * d - c * c - b * b) * k,
    header.qoffset_z,
    ...[0, 0, 0, 1],
  ] as unknown as Matrix4;
}

function sizesAffine(header: NIFTI1 | NIFTI2): Matrix4 {
  const [x, y, z] = sizesOf(header);
  return [x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0, 0, 0, 0, 1];
}

/** Axes of a single voxel often have no size. */
function sizesOf({ pixDims, dims }: NIFTI1 | NIFTI2): readonly [number, number, number] {
  const sizeOf = (axis: number): number => {
    const size = Math.abs(pixDims[axis]!);
    if (size > 0 && Number.isFinite(size)) return size;
    if (axis > dims[0]! || dims[axis] === 1) return 1;
    throw new FormatError(`Its voxels have the size ${pixDims[axis]} along axis ${axis}. It is damaged.`);
  };
  return [sizeOf(1), sizeOf(2), sizeOf(3)];
}
