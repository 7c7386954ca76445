import { schema } from '@delira/parameters';
import { InputError, type NDArray, type Sample } from '@delira/core';
import { CacheDataset, type Dataset, indexFiles, LazyDataset } from '@delira/data-loading';
import { loadImageSample } from '@delira/io';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { factory, type Factory } from '../registries/Factory.js';
import { requiredNumbers } from '../registries/fields.js';
import type { DatasetFacts } from '../registries/Registries.js';
import type { DataSource, OpenedData } from './DataSource.js';
import { extents } from './extents.js';
import { filesAt, imageExtensions, unreadable } from './imageFiles.js';

const { boolean, integer, object, string } = schema;

interface Options {
  readonly folder: string;
  readonly size: number | readonly number[];
  readonly channels: number;
  readonly cache: boolean;
}

/**
 * A folder of images with one sub-folder for each class, `cats/1.png`, `dogs/1.png`; classes are numbered in the order of their names.
 * `data` is float32 `[channels, height, width]` from 0 to 1, resized to `size`.
 */
export const imageFolder: Factory<DataSource, DatasetFacts> = factory(
  object({
    folder: string(),
    size: requiredNumbers(),
    channels: integer({ minimum: 1, maximum: 3, default: 3 }),
    cache: boolean({ default: true }),
  }),
  (options, { root }) => source({ ...options, folder: resolve(root, options.folder) }),
);

function source(options: Options): DataSource {
  const size = extents(options.size, 2, 'size') as [number, number];
  const channels = options.channels === 1 ? 1 : 3;
  const image = async (path: string): Promise<NDArray> =>
    (await loadImageSample({ image: path }, { size, channels }))['data']!;
  return {
    task: 'classification',
    open: () => open(options, image),
    elsewhere: (folder) => source({ ...options, folder }),
    inputs: (path) => filesAt(path, 2),
    read: async ({ files }) => ({ data: await image(files[0]!), volume: null }),
  };
}

async function open(
  { folder, channels, cache }: Options,
  image: (path: string) => Promise<NDArray>,
): Promise<OpenedData> {
  const classes = await classesOf(folder);
  const paths: string[] = [];
  const targets: number[] = [];
  for (const [label, name] of classes.entries()) {
    const files = await indexFiles(join(folder, name), { imageExtensions });
    if (files.length === 0)
      throw new InputError(
        `${join(folder, name)} holds no image (${imageExtensions.join(', ')}). Add some, or remove the folder.`,
      );
    paths.push(...files.map((file) => file.image));
    targets.push(...files.map(() => label));
  }
  const load = async (path: string, index: number): Promise<Sample> => ({
    data: await image(path),
    label: { dtype: 'int32', shape: [], data: Int32Array.of(targets[index]!) },
  });
  return {
    facts: { classes, channels: channels === 1 ? 1 : 3, rank: 2 },
    length: paths.length,
    load: async ({ progress, shared = false }): Promise<Dataset> =>
      cache
        ? CacheDataset.load({ entries: paths, targets, load, progress, shared })
        : new LazyDataset({ entries: paths, targets, load }),
  };
}

async function classesOf(folder: string): Promise<readonly string[]> {
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw unreadable('The folder of images', folder, cause);
  }
  const names = entries
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort(new Intl.Collator('en', { numeric: true }).compare);
  if (names.length >= 2) return names;
  throw new InputError(
    `${folder} has ${names.length === 0 ? 'no sub-folders' : `one sub-folder, ${names[0]}`}; a class is a sub-folder, and at least two are needed: ${join(folder, 'cats', '1.png')}, ${join(folder, 'dogs', '1.png')}, …`,
  );
}
