import { isNIFTI1, isNIFTI2, type NIFTI1, type NIFTI2, readHeader } from 'nifti-reader-js';
import { type Geometry, geometryFromAffine, type Matrix4 } from '@delira/imaging';
import { FormatError } from '../errors.js';
import { type NiftiForm, niftiAffine } from './niftiAffine.js';
import { bytesOf } from '../numbers/NumberType.js';
import { type NiftiType, niftiType } from './niftiTypes.js';

/** Bytes that hold any version's header, with the four that announce extensions. */
export const LONGEST_HEADER = 544;

export interface NiftiHeader {
  readonly version: 1 | 2;
  readonly littleEndian: boolean;
  readonly type: NiftiType;
  /** Slowest first, at least `[z, y, x]`. */
  readonly shape: readonly number[];
  readonly geometry: Geometry;
  /** Whether the voxels lie in a file of their own, `.img` beside `.hdr`. */
  readonly pair: boolean;
  /** Where the voxels begin in their file, and how many bytes they take. */
  readonly offset: number;
  readonly dataBytes: number;
  /** `null` where voxels are stored as they are. */
  readonly scaling: { readonly slope: number; readonly intercept: number } | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads and checks the header of NIfTI-1 or NIfTI-2, in either byte order.
 *
 * @param start the first bytes of the file, `LONGEST_HEADER` or all there are.
 * @throws FormatError when it is not NIfTI, or makes no sense.
 */
export function parseNiftiHeader(start: Uint8Array, form?: NiftiForm): NiftiHeader {
  // Not slice, which does not copy a Buffer.
  const copy = new Uint8Array(start.subarray(0, LONGEST_HEADER));
  const { buffer } = copy;
  const version = isNIFTI1(buffer, true) ? 1 : isNIFTI2(buffer, true) ? 2 : null;
  const length = version === 2 ? 540 : 348;
  if (version === null && isAnalyze(copy))
    throw new FormatError(
      'This is an Analyze 7.5 file, which is older than NIfTI and does not say which side is left. Convert it to NIfTI with a program that lets you say so.',
    );
  if (version === null || copy.length < length)
    throw new FormatError(
      'This is not a NIfTI file, or it ends inside its header. Such a file is called .nii or .nii.gz.',
    );
  const header = readWithoutExtensions(buffer.slice(0, length));
  const pair = header.magic.startsWith('ni');

  const type = niftiType(header.datatypeCode);
  const shape = shapeOf(header.dims);
  const dataBytes = shape.reduce((product, extent) => product * extent, bytesOf(type.number) * type.components);
  if (!Number.isSafeInteger(dataBytes))
    throw new FormatError(`Its dimensions [${shape.join(', ')}] are beyond any file. It is damaged.`);
  const least = pair ? 0 : length;
  const offset = header.vox_offset === 0 && !pair ? length + 4 : header.vox_offset;
  if (!Number.isSafeInteger(offset) || offset < least)
    throw new FormatError(
      `Its voxels are said to begin at byte ${header.vox_offset}, ${pair ? 'outside of the file' : `inside the header of ${length} bytes`}.`,
    );
  return {
    version,
    littleEndian: header.littleEndian,
    type,
    shape,
    geometry: geometryOf(niftiAffine(header, new DataView(buffer), form)),
    pair,
    offset,
    dataBytes,
    scaling: scalingOf(header),
    metadata: metadataOf(header, type),
  };
}

/** The same length as a NIfTI-1 header, in either byte order, without the magic. */
function isAnalyze(header: Uint8Array): boolean {
  if (header.length < 348) return false;
  const view = new DataView(header.buffer);
  return view.getInt32(0, true) === 348 || view.getInt32(0, false) === 348;
}

/** Extensions are of no use here, and not reading them is the safest way to read them. */
function readWithoutExtensions(buffer: ArrayBuffer): NIFTI1 | NIFTI2 {
  try {
    return readHeader(buffer, true);
  } catch (cause) {
    throw new FormatError('Its header cannot be read. It is damaged, or not a NIfTI file.', { cause });
  }
}

function shapeOf(dims: readonly number[]): readonly number[] {
  const rank = dims[0]!;
  if (!Number.isInteger(rank) || rank < 1 || rank > 7)
    throw new FormatError(`It claims to have ${rank} dimensions; 1 to 7 are possible.`);
  const extents = dims.slice(1, rank + 1);
  while (extents.length < 3) extents.push(1);
  // One point in time is no series: many files of a single volume say they have four axes.
  while (extents.length > 3 && extents.at(-1) === 1) extents.pop();
  if (!extents.every((extent) => Number.isSafeInteger(extent) && extent >= 1))
    throw new FormatError(`Its dimensions [${extents.join(', ')}] must all be at least 1.`);
  return extents.reverse();
}

function geometryOf(affine: Matrix4): Geometry {
  try {
    return geometryFromAffine(affine, 'RAS');
  } catch (cause) {
    throw new FormatError(
      `Its affine [${affine.join(', ')}] is not usable. Another one may be in the file: read it with form 'qform', 'sform' or 'pixdim'.`,
      { cause },
    );
  }
}

/** A slope of zero means none, as does one that is not finite (nibabel writes NaN). */
function scalingOf({ scl_slope: slope, scl_inter: intercept }: NIFTI1 | NIFTI2): NiftiHeader['scaling'] {
  if (!Number.isFinite(slope) || slope === 0) return null;
  if (!Number.isFinite(intercept)) throw new FormatError(`Its scl_inter is ${intercept}. It is damaged.`);
  return slope === 1 && intercept === 0 ? null : { slope, intercept };
}

function metadataOf(header: NIFTI1 | NIFTI2, type: NiftiType): Readonly<Record<string, string>> {
  const [description, intent] = [textOf(header.description), textOf(header.intent_name)];
  return {
    datatype: type.name,
    ...(description === '' ? {} : { descrip: description }),
    ...(intent === '' ? {} : { intent_name: intent }),
    ...(header.dims[0]! > 3 ? { pixdim4: String(header.pixDims[4]!) } : {}),
    qform_code: String(header.qform_code),
    sform_code: String(header.sform_code),
    xyzt_units: String(header.xyzt_units),
  };
}

/** The library makes one character of each byte. */
function textOf(characters: string): string {
  return Buffer.from(characters, 'latin1').toString('utf8').trim();
}
