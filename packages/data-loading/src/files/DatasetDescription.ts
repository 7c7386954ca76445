import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { InputError } from '@delira/core';

/** A segmentation dataset on disk, as its `dataset.json` describes it. */
export interface DatasetDescription {
  readonly name: string;
  /** What each channel of an image is: `['CT']`, `['T1', 'FLAIR']`. */
  readonly channels: readonly string[];
  /** Index i is the name of label i. */
  readonly labels: readonly string[];
  readonly train: readonly SegmentationCase[];
  readonly test: readonly SegmentationCase[];
}

export interface SegmentationCase {
  readonly name: string;
  /** One file with all channels, or one file per channel in the order of `channels`. */
  readonly images: readonly string[];
  /** `null` where the labels are withheld, as in test sets. */
  readonly label: string | null;
}

/** A real one lists some thousand cases in less than a megabyte. */
const LARGEST = 64 * 1024 * 1024;

/**
 * @throws InputError naming the file when it cannot be read, is too large or holds no JSON object.
 */
export async function readJsonObject(path: string): Promise<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > LARGEST) throw new Error(`it has ${size} bytes, and at most ${LARGEST} are read`);
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new InputError(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError(`${path} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (!isObject(value)) throw new InputError(`${path} must hold a JSON object.`);
  return value;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A path that the description names, which must lie inside the dataset's folder: a downloaded file must not make us read others.
 *
 * @throws InputError when it is no text or leads out of the folder.
 */
export function pathInside(folder: string, path: unknown, where: string): string {
  if (typeof path !== 'string' || path === '')
    throw new InputError(`${where} must be a path, got ${JSON.stringify(path)}.`);
  const full = resolve(folder, path);
  const inside = relative(resolve(folder), full);
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside))
    throw new InputError(`${where} names ${path}, which lies outside of ${folder}.`);
  return full;
}

/**
 * Names by number: `{ "0": "background", "1": "liver" }`, as a list without gaps.
 *
 * @throws InputError when the keys are not 0, 1, 2, … or a value is no text.
 */
export function namesByNumber(value: unknown, where: string): readonly string[] {
  if (!isObject(value)) throw new InputError(`${where} must be an object such as { "0": "background" }.`);
  return Object.keys(value).map((_, number) => {
    const name = value[String(number)];
    if (typeof name !== 'string')
      throw new InputError(
        `${where} must name 0 to ${Object.keys(value).length - 1}, but ${number} is missing or no text.`,
      );
    return name;
  });
}
