import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { ArgumentError, InputError, type NDArray, ndarray, type Sample } from '@delira/core';
import { FormatError } from '../errors.js';
import { type LoadLimits, namingFile } from '../files/loadBytes.js';
import { loadImage } from '../images/readImage.js';
import { resizeImage } from '../images/resizeImage.js';

/** An image and the files of its labels, as `indexFiles` of `@delira/data-loading` lists them. */
export interface ImageFiles {
  readonly image: string;
  readonly labels?: readonly (string | null)[];
}

export interface LoadImageSampleOptions extends LoadLimits {
  /** Height and width to resize to; default as in the file. Masks are resized to the nearest pixel. */
  readonly size?: readonly [height: number, width: number];
  /** 1 for grey (the default) or 3 for red, green, blue. */
  readonly channels?: 1 | 3;
  /** Keys of the labels in the sample; default `'label'` for one file, `'label_0'`, `'label_1'`, … for several. */
  readonly labelKeys?: readonly string[];
}

/**
 * Loads an image and its labels as a sample (delira's `default_load_fn_2d`). `data` is float32 `[channels, height, width]` in 0…1: integers are divided
 * by 255 or 65535, and colours become grey by the weights 0.2125, 0.7154 and 0.0721, as in scikit-image. A label is float32 `[1]` from a text file
 * that holds one number, or an int32 mask `[1, height, width]` from an image file. A label file that is `null` gives no entry.
 *
 * @throws NotFoundError, InputError, FormatError naming the file that cannot be loaded.
 * @throws ArgumentError when there are not as many keys as labels.
 */
export async function loadImageSample(files: ImageFiles, options: LoadImageSampleOptions = {}): Promise<Sample> {
  const { labels = [] } = files;
  const keys = options.labelKeys ?? (labels.length === 1 ? ['label'] : labels.map((_, index) => `label_${index}`));
  if (keys.length !== labels.length || new Set([...keys, 'data']).size !== keys.length + 1)
    throw new ArgumentError(
      `${labels.length} label files need as many different keys, other than data; got [${keys.join(', ')}].`,
    );
  const sample: Record<string, NDArray> = { data: await loadData(files.image, options) };
  for (const [index, path] of labels.entries()) {
    if (path !== null) sample[keys[index]!] = await loadLabel(path, options);
  }
  return sample;
}

async function loadData(path: string, options: LoadImageSampleOptions): Promise<NDArray> {
  const colours = await loadImage(path, { ...options, mode: 'rgb' });
  const white = colours.dtype === 'uint8' ? 255 : colours.dtype === 'int32' ? 65_535 : 1;
  const [, height, width] = colours.shape as [number, number, number];
  const pixels = height * width;
  const scaled = Float32Array.from(colours.data, (value) => value / white);
  const wanted = options.channels ?? 1;
  if (wanted === 1) {
    for (let i = 0; i < pixels; i++) {
      const [red, green, blue] = [scaled[i]!, scaled[i + pixels]!, scaled[i + 2 * pixels]!];
      // A grey file has three equal channels here, and its values are not to be rounded.
      if (red !== green || green !== blue) scaled[i] = 0.2125 * red + 0.7154 * green + 0.0721 * blue;
    }
  }
  const image: NDArray = { dtype: 'float32', shape: [wanted, height, width], data: scaled.slice(0, wanted * pixels) };
  return options.size === undefined ? image : resizeImage(image, options.size);
}

const IMAGES: readonly string[] = ['.png', '.jpg', '.jpeg', '.tif', '.tiff', '.webp', '.gif'];

async function loadLabel(path: string, options: LoadImageSampleOptions): Promise<NDArray> {
  if (!IMAGES.includes(extname(path).toLowerCase())) return loadNumber(path);
  const mask = await loadImage(path, { ...options, mode: 'grey', dtype: 'int32' });
  return options.size === undefined ? mask : resizeMask(mask, options.size);
}

async function loadNumber(path: string): Promise<NDArray> {
  return namingFile(path, async () => {
    const text = (await readFile(path, 'utf8')).trim();
    const value = Number(text);
    if (text === '' || Number.isNaN(value))
      throw new FormatError(
        `A label file holds one number and nothing else, this one ${JSON.stringify(text.slice(0, 40))}.`,
      );
    return ndarray([value], [1]);
  });
}

function resizeMask({ data, shape }: NDArray, [height, width]: readonly [number, number]): NDArray {
  const [, rows, columns] = shape as [number, number, number];
  if (!(height >= 1 && width >= 1)) throw new InputError(`A mask cannot be resized to [${height}, ${width}].`);
  const resized = new Int32Array(height * width);
  for (let y = 0; y < height; y++) {
    const row = Math.min(rows - 1, Math.floor(((y + 0.5) * rows) / height));
    for (let x = 0; x < width; x++) {
      resized[y * width + x] = data[row * columns + Math.min(columns - 1, Math.floor(((x + 0.5) * columns) / width))]!;
    }
  }
  return { dtype: 'int32', shape: [1, height, width], data: resized };
}
