import { DTypeError, formatShape, InputError, isFloating, type NDArray, type Sample, ShapeError } from '@delira/core';
import type { EntryOptions, ImageOptions } from './EntryOptions.js';

/**
 * Keys of the images.
 *
 * @throws InputError when an entry is missing, or there is no image.
 * @throws ShapeError, DTypeError when a named entry is no image.
 */
export function imagesOf(sample: Sample, options: ImageOptions): readonly string[] {
  const keys = findImages(sample, options);
  if (keys.length === 0)
    throw new InputError(
      `No entry is an image: ${describe(sample)}. Images are floating and [C, ...spatial]; name others with the option "image".`,
    );
  return keys;
}

/** The same, where there may be none. */
export function findImages(sample: Sample, { image }: ImageOptions): readonly string[] {
  const keys = image ?? Object.keys(sample).filter((key) => isImage(sample[key]!));
  for (const key of keys) {
    const entry = entryOf(sample, key, 'image');
    if (entry.shape.length !== 3 && entry.shape.length !== 4)
      throw new ShapeError(
        `The image "${key}" has shape ${formatShape(entry.shape)}. Expected [C, height, width] or [C, depth, height, width].`,
      );
    checkHostDType(entry, key);
  }
  return keys;
}

/**
 * Keys of the masks.
 *
 * @throws InputError when a named entry is missing.
 */
export function masksOf(sample: Sample, { image = [], mask }: EntryOptions): readonly string[] {
  const keys = mask ?? Object.keys(sample).filter((key) => !image.includes(key) && isMask(sample[key]!));
  for (const key of keys) checkHostDType(entryOf(sample, key, 'mask'), key);
  return keys;
}

export function describe(sample: Sample): string {
  const entries = Object.entries(sample).map(([key, { dtype, shape }]) => `"${key}" is ${dtype} ${formatShape(shape)}`);
  return entries.length === 0 ? 'the sample is empty' : entries.join(', ');
}

function entryOf(sample: Sample, key: string, kind: string): NDArray {
  const entry = sample[key];
  if (entry === undefined)
    throw new InputError(`The sample has no entry "${key}" to use as ${kind}: ${describe(sample)}.`);
  return entry;
}

function isImage({ dtype, shape }: NDArray): boolean {
  return isFloating(dtype) && (shape.length === 3 || shape.length === 4);
}

function isMask({ dtype, shape }: NDArray): boolean {
  return !isFloating(dtype) && shape.length >= 2 && shape.length <= 4;
}

function checkHostDType({ dtype }: NDArray, key: string): void {
  if (dtype === 'float16')
    throw new DTypeError(`"${key}" is float16, which the host stores as raw bits. Cast it to float32.`);
}
