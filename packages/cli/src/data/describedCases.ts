import { schema } from '@delira/parameters';
import { InputError } from '@delira/core';
import { type DatasetDescription, readDecathlon, readNnunet } from '@delira/data-loading';
import { basename, dirname, join, resolve } from 'node:path';
import { readdir } from 'node:fs/promises';
import { factory, type Factory } from '../registries/Factory.js';
import type { DatasetFacts } from '../registries/Registries.js';
import type { DataSource, InputCase } from './DataSource.js';
import { filesAt, isFolder, stemOf } from './imageFiles.js';
import { type Resampling, spacingOptions } from './resampled.js';
import { readInput, segmentationCases } from './segmentationCases.js';

const { boolean, object, string } = schema;

interface Options extends Resampling {
  readonly folder: string;
  readonly cache: boolean;
}

const options = object({ folder: string(), cache: boolean({ default: true }), ...spacingOptions });

/** A task of the Medical Segmentation Decathlon: `dataset.json` names cases, labels and channels. */
export const decathlon: Factory<DataSource, DatasetFacts> = factory(options, (given, { root }) =>
  source({ ...given, folder: resolve(root, given.folder) }, readDecathlon, (path) => filesAt(path, 3)),
);

/** A raw dataset of nnU-Net, version 2. An input is one channel's file, `CASE_0000.nii.gz`, whose others lie beside it, or a folder of them. */
export const nnunet: Factory<DataSource, DatasetFacts> = factory(options, (given, { root }) =>
  source({ ...given, folder: resolve(root, given.folder) }, readNnunet, channelsAt),
);

function source(
  given: Options,
  describe: (folder: string) => Promise<DatasetDescription>,
  inputs: DataSource['inputs'],
): DataSource {
  return {
    task: 'segmentation',
    open: async () => {
      const { train, labels, channels } = await describe(given.folder);
      return segmentationCases(train, { classes: labels, channels: channels.length }, given);
    },
    elsewhere: (folder) => source({ ...given, folder }, describe, inputs),
    inputs,
    read: (input) => readInput(input, given),
  };
}

const FIRST = /_0000(\.nii\.gz|\.[a-z0-9]+)$/i;

async function channelsAt(path: string): Promise<readonly InputCase[]> {
  const inFolder = await isFolder(path);
  const folder = inFolder ? path : dirname(path);
  const names = (await readdir(folder)).sort();
  const firsts = inFolder ? names.filter((name) => FIRST.test(name)) : [basename(path)];
  if (firsts.length === 0)
    throw new InputError(
      `${path} holds no first channel of a case: a file whose name ends in _0000.nii.gz or another ending.`,
    );
  return firsts.map((first) => {
    const ending = FIRST.exec(first)?.[1];
    if (ending === undefined) return { name: stemOf(first), files: [join(folder, first)] };
    const name = first.slice(0, -`_0000${ending}`.length);
    const files = names.filter((each) => each.startsWith(`${name}_`) && /^\d{4}\./.test(each.slice(name.length + 1)));
    return { name, files: files.map((file) => join(folder, file)) };
  });
}
