import { extname } from 'node:path';
import { ArgumentError, DTypeError, formatShape, type NDArray, ShapeError } from '@delira/core';
import { writeFileAtomic, type WriteOptions } from '../files/writeFileAtomic.js';
import { loadSharp } from './loadSharp.js';

export type ImageFormat = 'png' | 'jpeg' | 'tiff';

export interface WriteImageOptions {
  /** Default `'png'`. */
  readonly format?: ImageFormat;
  /** Per channel; default 8. JPEG has no more. */
  readonly bits?: 8 | 16;
  /** The values that become black and white; what lies beyond is clamped. Default: values are written as they are, and have to fit. */
  readonly range?: readonly [black: number, white: number];
  /** Of JPEG, 1 to 100; default 90. */
  readonly quality?: number;
}

/**
 * Encodes `[height, width]`, or `[channels, height, width]` with 1 (grey), 3 (red, green, blue) or 4 (and opacity) channels. Booleans become
 * black and white. Takes the optional package sharp.
 *
 * @throws ShapeError for other shapes. @throws DTypeError for float16.
 * @throws ArgumentError when a value does not fit and no range is given.
 * @throws MissingPackageError when sharp is not installed.
 */
export async function writeImage(image: NDArray, options: WriteImageOptions = {}): Promise<Uint8Array> {
  const { format = 'png', bits = 8, quality = 90 } = options;
  const shape = image.shape.length === 2 ? [1, ...image.shape] : image.shape;
  const [channels, height, width] = shape;
  if (shape.length !== 3 || (channels !== 1 && channels !== 3 && channels !== 4) || height! < 1 || width! < 1) {
    throw new ShapeError(
      `An image is [height, width] or [channels, height, width] with 1, 3 or 4 channels, got ${formatShape(image.shape)}. Take one slice of a volume.`,
    );
  }
  if (format === 'jpeg' && (bits === 16 || channels === 4))
    throw new ArgumentError('JPEG has 8 bits per channel and no opacity. Write a PNG.');
  const samples = interleave(image, channels, options.range, bits);
  const sharp = await loadSharp();
  const raw = sharp(samples, { raw: { width: width!, height: height!, channels } });
  const space = channels === 1 ? (bits === 16 ? 'grey16' : 'b-w') : bits === 16 ? 'rgb16' : 'srgb';
  const encoded = raw.toColourspace(space);
  if (format === 'jpeg') return encoded.jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer();
  if (format === 'tiff') return encoded.tiff({ compression: 'deflate' }).toBuffer();
  return encoded.png().toBuffer();
}

/**
 * Saves an image as `.png`, `.jpg`, `.jpeg`, `.tif` or `.tiff`; see `writeImage`. The file is replaced as a whole or not at all.
 *
 * @throws WriteError when the operating system refuses.
 */
export async function saveImage(
  path: string,
  image: NDArray,
  options: Omit<WriteImageOptions, 'format'> & WriteOptions = {},
): Promise<void> {
  const format = formats[extname(path).toLowerCase()];
  if (format === undefined)
    throw new ArgumentError(
      `${path} should end in one of ${Object.keys(formats).join(', ')}, which says how to write it.`,
    );
  await writeFileAtomic(path, await writeImage(image, { ...options, format }), options);
}

const formats: Readonly<Record<string, ImageFormat | undefined>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.tif': 'tiff',
  '.tiff': 'tiff',
};

function interleave(
  { dtype, data }: NDArray,
  channels: number,
  range: readonly [number, number] | undefined,
  bits: 8 | 16,
): Uint8Array | Uint16Array {
  if (dtype === 'float16') throw new DTypeError('float16 cannot be written to an image. Cast it to float32.');
  const white = 2 ** bits - 1;
  const [low, high] = range ?? (dtype === 'bool' ? [0, 1] : [0, white]);
  if (!(high > low))
    throw new ArgumentError(`A range goes from black to white, a larger value; got [${low}, ${high}].`);
  const exact = range === undefined && dtype !== 'bool';
  const pixels = data.length / channels;
  const samples = bits === 8 ? new Uint8Array(data.length) : new Uint16Array(data.length);
  const scale = white / (high - low);
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < pixels; i++) {
      const value = data[channel * pixels + i]!;
      if (exact && !(value >= 0 && value <= white && Number.isInteger(value)))
        throw new ArgumentError(
          `${value} is not a sample of ${bits} bits (0 to ${white}). Give a range to be mapped onto them, or other bits.`,
        );
      samples[i * channels + channel] = exact ? value : Math.round(Math.min(white, Math.max(0, (value - low) * scale)));
    }
  }
  return samples;
}
