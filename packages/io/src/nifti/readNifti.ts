import type { DType } from '@delira/core';
import { type Volume, volume } from '@delira/imaging';
import { FormatError } from '../errors.js';
import { decompress, decompressStart, decompressSync, isGzip } from '../files/decompress.js';
import { DEFAULT_MAXIMUM_BYTES, loadBytes, type LoadLimits, namingFile } from '../files/loadBytes.js';
import { componentsFirst } from '../numbers/componentsFirst.js';
import { decodeNumbers } from '../numbers/decodeNumbers.js';
import type { NiftiForm } from './niftiAffine.js';
import { LONGEST_HEADER, type NiftiHeader, parseNiftiHeader } from './parseNiftiHeader.js';

export interface ReadNiftiOptions extends LoadLimits {
  /**
   * Of the array. Default: as stored where there is such a dtype, int32 for other integers, and for scaled values float32, or float64 where
   * they are stored in more than 16 bits.
   */
  readonly dtype?: Exclude<DType, 'float16' | 'bool'>;
  /** Where the geometry is taken from; default as nibabel: the sform where it is set, else the qform, else the voxel sizes. */
  readonly form?: NiftiForm;
}

/**
 * Reads a NIfTI-1 or NIfTI-2 file, compressed or not, in either byte order. The array is `[..., t, z, y, x]`; colours and the parts of
 * complex numbers come first: `[3, z, y, x]`. Values are scaled by `scl_slope` and `scl_inter`. An array may be a view of `bytes`.
 *
 * @throws FormatError when the bytes are not a whole NIfTI file, or ask for more than `maximumBytes`; nothing is allocated before that is known.
 */
export function readNifti(bytes: Uint8Array, options: ReadNiftiOptions = {}): Volume {
  if (!isGzip(bytes)) return toVolume(bytes, checkedHeader(bytes, bytes.length, options), options, false);
  const header = checkedHeader(decompressStart(bytes, LONGEST_HEADER), null, options);
  return toVolume(decompressSync(bytes, header.offset + header.dataBytes), header, options, true);
}

/**
 * Loads a `.nii` or `.nii.gz` file, or a pair of `.hdr` and `.img` (both compressed or neither) by the path of either; see `readNifti`.
 *
 * @throws NotFoundError when there is no such file, or none beside it.
 * @throws FormatError when it is not a whole NIfTI file, or larger than `maximumBytes`.
 * @throws InputError when the operating system does not let it be read.
 */
export async function loadNifti(path: string, options: ReadNiftiOptions = {}): Promise<Volume> {
  if (PAIR.test(path)) return loadPair(path, options);
  return namingFile(path, async () => {
    const bytes = await loadBytes(path, options);
    if (!isGzip(bytes)) return toVolume(bytes, checkedHeader(bytes, bytes.length, options), options, true);
    const header = checkedHeader(decompressStart(bytes, LONGEST_HEADER), null, options);
    return toVolume(await decompress(bytes, header.offset + header.dataBytes), header, options, true);
  });
}

/** Endings of a pair. */
const PAIR = /\.(hdr|img)(\.gz)?$/i;

async function loadPair(path: string, options: ReadNiftiOptions): Promise<Volume> {
  const beside = (ending: 'hdr' | 'img'): string =>
    path.replace(
      PAIR,
      (_, old: string, gz = '') => `.${old === old.toUpperCase() ? ending.toUpperCase() : ending}${gz}`,
    );
  const header = await namingFile(beside('hdr'), async () => {
    const bytes = await loadBytes(beside('hdr'), options);
    const start = isGzip(bytes) ? decompressStart(bytes, LONGEST_HEADER) : bytes;
    return checkedHeader(start, null, options, true);
  });
  return namingFile(beside('img'), async () => {
    const bytes = await loadBytes(beside('img'), options);
    const voxels = isGzip(bytes) ? await decompress(bytes, header.offset + header.dataBytes) : bytes;
    return toVolume(voxels, header, options, true);
  });
}

function checkedHeader(
  start: Uint8Array,
  fileBytes: number | null,
  options: ReadNiftiOptions,
  pair = false,
): NiftiHeader {
  const header = parseNiftiHeader(start, options.form);
  if (header.pair && !pair)
    throw new FormatError(
      'This is the header of an .hdr and .img pair. Load it under those names: loadNifti reads both.',
    );
  if (pair && !header.pair)
    throw new FormatError('This is a whole NIfTI file, not the header of a pair. Call it .nii.');
  const { maximumBytes = DEFAULT_MAXIMUM_BYTES } = options;
  const needed = header.offset + header.dataBytes;
  if (needed > maximumBytes)
    throw new FormatError(
      `Its header asks for ${needed} bytes, for voxels [${header.shape.join(', ')}] of ${header.type.name}: beyond the limit of ${maximumBytes}. Raise maximumBytes if that is meant.`,
    );
  if (fileBytes !== null) checkLength(header, fileBytes);
  return header;
}

function checkLength({ offset, dataBytes, shape, type }: NiftiHeader, bytes: number): void {
  if (bytes < offset + dataBytes)
    throw new FormatError(
      `Voxels [${shape.join(', ')}] of ${type.name} need ${offset + dataBytes} bytes, there are ${bytes}. The file is truncated.`,
    );
}

/** @param owned whether the bytes may be changed. */
function toVolume(bytes: Uint8Array, header: NiftiHeader, options: ReadNiftiOptions, owned: boolean): Volume {
  const { offset, dataBytes, shape, type, scaling, littleEndian, geometry, metadata } = header;
  checkLength(header, bytes.length);
  const stored = bytes.subarray(offset, offset + dataBytes);
  const array = decodeNumbers(stored, type.number, {
    littleEndian,
    owned,
    shape: type.components === 1 ? shape : [...shape, type.components],
    scaling: type.components === 1 ? scaling : null,
    ...(options.dtype === undefined ? {} : { dtype: options.dtype }),
  });
  return volume(type.components === 1 ? array : componentsFirst(array), { ...geometry, metadata });
}
