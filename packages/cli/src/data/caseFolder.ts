import { schema } from '@delira/parameters';
import { InputError } from '@delira/core';
import { indexCases } from '@delira/data-loading';
import { access } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { factory, type Factory } from '../registries/Factory.js';
import type { DatasetFacts } from '../registries/Registries.js';
import type { DataSource, InputCase } from './DataSource.js';
import { filesAt, isFolder, isImage } from './imageFiles.js';
import { type Resampling, spacingOptions } from './resampled.js';
import { readInput, segmentationCases } from './segmentationCases.js';

const { boolean, list, object, string } = schema;

interface Options extends Resampling {
  readonly folder: string;
  readonly images: readonly string[];
  readonly label: string;
  readonly classes: readonly string[];
  readonly cache: boolean;
}

/**
 * A folder with one sub-folder for each case, which hold files of the same names: `images: [t1.nii.gz, flair.nii.gz]`, one for each
 * channel, and `label: mask.nii.gz`; or PNGs. `classes` names the labels from 0 on, the background first. Volumes are brought to `spacing`.
 */
export const caseFolder: Factory<DataSource, DatasetFacts> = factory(
  object({
    folder: string(),
    images: list(string()),
    label: string(),
    classes: list(string()),
    cache: boolean({ default: true }),
    ...spacingOptions,
  }),
  (options, { root }) => source({ ...options, folder: resolve(root, options.folder) }),
);

function source(options: Options): DataSource {
  const { folder, images, label, classes } = options;
  return {
    task: 'segmentation',
    open: async () => {
      const keys = Object.fromEntries([...images.map((file, channel) => [`image ${channel}`, file]), ['label', label]]);
      const found = await indexCases(folder, keys as Record<string, string>);
      if (found.length === 0)
        throw new InputError(`${folder} has no sub-folder. Each case is one, with ${[...images, label].join(', ')}.`);
      const cases = found.map(({ name, files }) => ({
        name,
        images: images.map((_, channel) => files[`image ${channel}`]!),
        label: files['label']!,
      }));
      return segmentationCases(cases, { classes, channels: images.length }, options);
    },
    elsewhere: (other) => source({ ...options, folder: other }),
    inputs: (path) => inputsAt(path, images),
    read: (input) => readInput(input, options),
  };
}

/** A folder of one case, or of several; or a file, where there is one channel. */
async function inputsAt(path: string, images: readonly string[]): Promise<readonly InputCase[]> {
  const [first] = images;
  if (await isFolder(path)) {
    const files = images.map((file) => join(path, file));
    if (await exists(files[0]!)) return [{ name: basename(resolve(path)), files }];
    try {
      const keys = Object.fromEntries(images.map((file, channel) => [String(channel), file]));
      const cases = await indexCases(path, keys);
      if (cases.length > 0)
        return cases.map(({ name, files: found }) => ({
          name,
          files: images.map((_, index) => found[String(index)]!),
        }));
    } catch (cause) {
      if (images.length > 1 || !(cause instanceof InputError)) throw cause;
    }
  }
  if (images.length === 1) return filesAt(path, isImage(first!) ? 2 : 3);
  throw new InputError(`${path} is no case: a case is a folder with ${images.join(', ')}.`);
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
