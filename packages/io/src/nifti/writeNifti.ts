import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ArgumentError, formatShape } from '@delira/core';
import { affineOf, type Matrix3, type Matrix4, type Volume } from '@delira/imaging';
import { writeFileAtomic, type WriteOptions } from '../files/writeFileAtomic.js';
import { encodeNumbers, naturalType, type StoredType } from '../numbers/encodeNumbers.js';
import { bytesOf } from '../numbers/NumberType.js';
import { niftiCode } from './niftiTypes.js';
import { niftiQuaternion } from './niftiQuaternion.js';

export interface WriteNiftiOptions {
  /** How voxels are stored; default the array's own dtype (booleans as uint8). Values that do not fit are refused. */
  readonly type?: StoredType;
  /** Default 1, or 2 where an axis has more than 32,767 voxels. */
  readonly version?: 1 | 2;
}

/** Millimetres and seconds. */
const UNITS = 2 | 8;

/**
 * A volume as the bytes of a `.nii` file, little-endian. Both sform and qform say where it lies (only the sform where the axes are not at
 * right angles); their codes are those in `metadata`, or 1 (scanner). `metadata.descrip` is kept.
 *
 * @throws DTypeError for float16. @throws ArgumentError when values do not fit the type or the array has more than seven axes.
 */
export function writeNifti(volume: Volume, options: WriteNiftiOptions = {}): Uint8Array {
  const { shape, dtype } = volume.array;
  if (shape.length > 7) throw new ArgumentError(`NIfTI has at most seven axes, the array is ${formatShape(shape)}.`);
  const version = options.version ?? (Math.max(...shape) > 32_767 ? 2 : 1);
  if (version === 1 && Math.max(...shape) > 32_767)
    throw new ArgumentError(
      `NIfTI-1 has at most 32767 voxels along an axis, the array is ${formatShape(shape)}. Write version 2.`,
    );
  const type = options.type ?? naturalType(dtype);
  const voxels = encodeNumbers(volume.array, type);
  const header = version === 1 ? headerOf1(volume, type) : headerOf2(volume, type);
  const bytes = new Uint8Array(header.length + voxels.length);
  bytes.set(header);
  bytes.set(voxels, header.length);
  return bytes;
}

/**
 * Saves a volume as `.nii`, or compressed where the path ends in `.gz`; see `writeNifti`. The file is replaced as a whole or not at all.
 *
 * @throws WriteError when the operating system refuses.
 */
export async function saveNifti(
  path: string,
  volume: Volume,
  options: WriteNiftiOptions & WriteOptions = {},
): Promise<void> {
  if (!/\.nii(\.gz)?$/i.test(path))
    throw new ArgumentError(`A NIfTI file is called .nii or .nii.gz, so that others find out what it is; got ${path}.`);
  const bytes = writeNifti(volume, options);
  await writeFileAtomic(path, /\.gz$/i.test(path) ? await promisify(gzip)(bytes) : bytes, options);
}

function fieldsOf(volume: Volume) {
  const { array, spacing, metadata } = volume;
  const affine = affineOf(volume, 'RAS');
  const quaternion = niftiQuaternion(unitColumns(affine, spacing));
  const extents = [...array.shape].reverse();
  const code = (name: string): number => (/^[1-4]$/.test(metadata[name] ?? '') ? Number(metadata[name]) : 1);
  return {
    affine,
    dims: [extents.length, ...extents, ...Array<number>(7 - extents.length).fill(1)],
    pixDims: [quaternion?.qfac ?? 1, ...spacing, Number(metadata['pixdim4'] ?? 1) || 1, 1, 1, 1],
    quaternion,
    qformCode: quaternion === null ? 0 : code('qform_code'),
    sformCode: code('sform_code'),
    description: new TextEncoder().encode(metadata['descrip'] ?? '').subarray(0, 79),
  };
}

function unitColumns(affine: Matrix4, spacing: readonly number[]): Matrix3 {
  return [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((column) => affine[4 * row + column]! / spacing[column]!),
  ) as unknown as Matrix3;
}

function headerOf1(volume: Volume, type: StoredType): Uint8Array {
  const { affine, dims, pixDims, quaternion, qformCode, sformCode, description } = fieldsOf(volume);
  const bytes = new Uint8Array(352);
  const view = new DataView(bytes.buffer);
  const floats = (offset: number, values: readonly number[]): void =>
    values.forEach((value, index) => view.setFloat32(offset + 4 * index, value, true));
  view.setInt32(0, 348, true);
  dims.forEach((extent, index) => view.setInt16(40 + 2 * index, extent, true));
  view.setInt16(70, niftiCode(type), true);
  view.setInt16(72, 8 * bytesOf(type), true);
  floats(76, pixDims);
  floats(108, [352, 1, 0]);
  bytes[123] = UNITS;
  bytes.set(description, 148);
  view.setInt16(252, qformCode, true);
  view.setInt16(254, sformCode, true);
  floats(256, [quaternion?.b ?? 0, quaternion?.c ?? 0, quaternion?.d ?? 0, affine[3], affine[7], affine[11]]);
  floats(280, affine.slice(0, 12));
  bytes.set(new TextEncoder().encode('n+1'), 344);
  return bytes;
}

function headerOf2(volume: Volume, type: StoredType): Uint8Array {
  const { affine, dims, pixDims, quaternion, qformCode, sformCode, description } = fieldsOf(volume);
  const bytes = new Uint8Array(544);
  const view = new DataView(bytes.buffer);
  const doubles = (offset: number, values: readonly number[]): void =>
    values.forEach((value, index) => view.setFloat64(offset + 8 * index, value, true));
  view.setInt32(0, 540, true);
  // The last four bytes show whether something has taken the file for text.
  bytes.set([0x6e, 0x2b, 0x32, 0, 0x0d, 0x0a, 0x1a, 0x0a], 4);
  view.setInt16(12, niftiCode(type), true);
  view.setInt16(14, 8 * bytesOf(type), true);
  dims.forEach((extent, index) => view.setBigInt64(16 + 8 * index, BigInt(extent), true));
  doubles(104, pixDims);
  view.setBigInt64(168, 544n, true);
  doubles(176, [1, 0]);
  bytes.set(description, 240);
  view.setInt32(344, qformCode, true);
  view.setInt32(348, sformCode, true);
  doubles(352, [quaternion?.b ?? 0, quaternion?.c ?? 0, quaternion?.d ?? 0, affine[3], affine[7], affine[11]]);
  doubles(400, affine.slice(0, 12));
  view.setInt32(500, UNITS, true);
  return bytes;
}
