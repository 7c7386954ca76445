import { ArgumentError, castArray, type DType, type NDArray } from '@delira/core';
import type { Metadata, Sharp } from 'sharp';
import { FormatError } from '../errors.js';
import { DEFAULT_MAXIMUM_BYTES, loadBytes, type LoadLimits, namingFile } from '../files/loadBytes.js';
import { loadSharp } from './loadSharp.js';

/** How many channels an image has, and what they mean. */
export type ImageMode = 'grey' | 'rgb' | 'rgba';

export interface ReadImageOptions extends LoadLimits {
  /** Default `'grey'` where the file is grey, else `'rgb'`. Colours become grey by ITU-R 601 weights, as in Pillow; transparency is dropped. */
  readonly mode?: ImageMode;
  /** Of the array; default uint8 for 8 bits per channel, int32 for 16, float32 for floating TIFFs. */
  readonly dtype?: Exclude<DType, 'float16' | 'bool'>;
  /** Which page of a TIFF; default 0, or `'all'` for `[pages, channels, height, width]`. */
  readonly page?: number | 'all';
}

type Depth = 'uchar' | 'ushort' | 'float';

const channelsOf = { grey: 1, rgb: 3, rgba: 4 } as const satisfies Record<ImageMode, number>;

/**
 * Decodes a PNG, JPEG, TIFF, WebP or GIF into `[channels, height, width]`, with the values of the file: colour profiles and the camera's
 * orientation are not applied. Takes the optional package sharp.
 *
 * @throws FormatError when the bytes are no whole image, or one beyond `maximumBytes`.
 * @throws MissingPackageError when sharp is not installed.
 */
export async function readImage(bytes: Uint8Array, options: ReadImageOptions = {}): Promise<NDArray> {
  const { page = 0, maximumBytes = DEFAULT_MAXIMUM_BYTES } = options;
  if (page !== 'all' && !(Number.isSafeInteger(page) && page >= 0))
    throw new ArgumentError(`A page is a number from 0 on, or 'all'; got ${String(page)}.`);
  if (bytes.length === 0) throw new FormatError('This is not an image: it has no bytes.');
  const sharp = await loadSharp();
  const input = {
    ignoreIcc: true,
    sequentialRead: true,
    limitInputPixels: Math.min(maximumBytes, Number.MAX_SAFE_INTEGER),
    ...(page === 0 ? {} : page === 'all' ? { pages: -1 } : { page }),
  };
  const image = sharp(bytes, input);
  const metadata = await orFormatError(() => image.metadata());
  if (page !== 'all' && page >= (metadata.pages ?? 1))
    throw new FormatError(`It has ${metadata.pages ?? 1} pages; there is no page ${page}, counted from 0.`);
  const plan = planOf(metadata, options.mode);
  checkSize(metadata, plan, maximumBytes);
  const { data, info } = await orFormatError(() => decode(image, plan));
  const pages = page === 'all' ? (metadata.pages ?? 1) : 1;
  if (info.height % pages !== 0) throw new FormatError('Its pages differ in size. Read them one by one.');
  const values = valuesOf(data, plan.depth);
  const interleaved = { values, channels: info.channels, width: info.width, height: info.height / pages };
  const array = toPlanar(interleaved, plan.mode, pages, page === 'all');
  return options.dtype === undefined ? array : castArray(array, options.dtype);
}

/**
 * Loads an image file; see `readImage`.
 *
 * @throws NotFoundError when there is no such file. @throws InputError when the operating system does not let it be read.
 */
export async function loadImage(path: string, options: ReadImageOptions = {}): Promise<NDArray> {
  return namingFile(path, async () => readImage(await loadBytes(path, options), options));
}

interface Plan {
  readonly mode: ImageMode;
  readonly grey: boolean;
  readonly depth: Depth;
}

function planOf({ space, depth }: Metadata, mode: ImageMode | undefined): Plan {
  const grey = space === 'b-w' || space === 'grey16';
  const known: Depth | null = depth === 'uchar' || depth === 'ushort' || depth === 'float' ? depth : null;
  if (known === null)
    throw new FormatError(
      `Its samples are of type ${depth ?? 'unknown'}, which is not supported. Convert it to 8 or 16 bits, or 32-bit floats.`,
    );
  if (known === 'float' && !grey)
    throw new FormatError('Floating point colours are not supported. Convert it to 8 or 16 bits.');
  return { mode: mode ?? (grey ? 'grey' : 'rgb'), grey, depth: known };
}

function checkSize(
  { width, height, pages = 1, pageHeight }: Metadata,
  { mode, depth }: Plan,
  maximumBytes: number,
): void {
  const size = width * height * channelsOf[mode] * { uchar: 1, ushort: 4, float: 4 }[depth];
  if (size > maximumBytes)
    throw new FormatError(
      `It is ${width} × ${pageHeight ?? height} pixels on ${pages} pages, ${size} bytes: beyond the limit of ${maximumBytes}. Raise maximumBytes to read it.`,
    );
}

/** sharp's own conversions are not asked for: they are made for the eye, in linear light. */
function decode(image: Sharp, { grey, depth, mode }: Plan) {
  const space = grey ? (depth === 'ushort' ? 'grey16' : 'b-w') : depth === 'ushort' ? 'rgb16' : 'srgb';
  const opaque = mode === 'rgba' ? image : image.removeAlpha();
  return opaque.toColourspace(space).raw({ depth }).toBuffer({ resolveWithObject: true });
}

function valuesOf(data: Buffer, depth: Depth): Uint8Array | Uint16Array | Float32Array {
  if (depth === 'uchar') return data;
  const { buffer } = new Uint8Array(data);
  return depth === 'ushort' ? new Uint16Array(buffer) : new Float32Array(buffer);
}

interface Interleaved {
  readonly values: Uint8Array | Uint16Array | Float32Array;
  readonly channels: number;
  readonly width: number;
  readonly height: number;
}

function toPlanar(
  { values, channels, width, height }: Interleaved,
  mode: ImageMode,
  pages: number,
  all: boolean,
): NDArray {
  const outputs = channelsOf[mode];
  const pixels = width * height;
  const length = pages * outputs * pixels;
  const opaque = values instanceof Uint16Array ? 65_535 : values instanceof Float32Array ? 1 : 255;
  const array: NDArray =
    values instanceof Uint8Array
      ? { dtype: 'uint8', shape: [], data: new Uint8Array(length) }
      : values instanceof Uint16Array
        ? { dtype: 'int32', shape: [], data: new Int32Array(length) }
        : { dtype: 'float32', shape: [], data: new Float32Array(length) };
  const colours = channels >= 3;
  for (let page = 0; page < pages; page++) {
    const from = page * pixels;
    for (let channel = 0; channel < outputs; channel++) {
      const target = array.data.subarray((page * outputs + channel) * pixels, (page * outputs + channel + 1) * pixels);
      if (channel === 3) {
        const alpha = channels === 4 ? 3 : channels === 2 ? 1 : null;
        for (let i = 0; i < pixels; i++) target[i] = alpha === null ? opaque : values[(from + i) * channels + alpha]!;
      } else if (mode === 'grey' && colours) {
        for (let i = 0; i < pixels; i++) target[i] = luma(values, (from + i) * channels);
      } else {
        const source = colours ? channel : 0;
        for (let i = 0; i < pixels; i++) target[i] = values[(from + i) * channels + source]!;
      }
    }
  }
  return { ...array, shape: [...(all ? [pages] : []), outputs, height, width] };
}

/** ITU-R 601 in 16-bit fixed point, which Pillow computes. */
function luma(values: Uint8Array | Uint16Array | Float32Array, at: number): number {
  return Math.floor((19_595 * values[at]! + 38_470 * values[at + 1]! + 7_471 * values[at + 2]! + 32_768) / 65_536);
}

async function orFormatError<T>(decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(
      `It cannot be decoded as an image (${detail}). It is truncated, damaged or of another format.`,
      { cause },
    );
  }
}
