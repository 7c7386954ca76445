import { basename, join } from 'node:path';
import { InputError } from '@delira/core';
import {
  type DatasetDescription,
  isObject,
  namesByNumber,
  readJsonObject,
  type SegmentationCase,
} from './DatasetDescription.js';
import { readFolder } from './readFolder.js';

/**
 * A raw dataset of nnU-Net, version 2 (`imagesTr/CASE_0000.nii.gz`, one file per channel, and `labelsTr/CASE.nii.gz`) with its
 * `dataset.json`. No image is opened.
 *
 * @throws InputError naming the file or case that does not fit: a channel or label that is missing, labels that are not numbered 0, 1, 2, …
 */
export async function readNnunet(folder: string): Promise<DatasetDescription> {
  const path = join(folder, 'dataset.json');
  const description = await readJsonObject(path);
  const { name, channel_names: channelNames, labels, file_ending: ending } = description;
  if (typeof ending !== 'string' || !ending.startsWith('.'))
    throw new InputError(
      `"file_ending" of ${path} must be an ending such as ".nii.gz". Is it a dataset of nnU-Net version 2?`,
    );
  const channels = namesByNumber(channelNames, `"channel_names" of ${path}`);
  const names = labelNames(labels, path);
  const present = await readFolder(folder);
  const cases = async (images: string, labelFolder: string | null): Promise<readonly SegmentationCase[]> =>
    present.folders.includes(images) ? casesOf(folder, { images, labelFolder, ending, channels: channels.length }) : [];
  const train = await cases('imagesTr', 'labelsTr');
  if (train.length === 0)
    throw new InputError(`${join(folder, 'imagesTr')} holds no file that ends with _0000${ending}.`);
  return {
    name: typeof name === 'string' ? name : basename(folder),
    channels,
    labels: names,
    train,
    test: await cases('imagesTs', null),
  };
}

interface Layout {
  readonly images: string;
  readonly labelFolder: string | null;
  readonly ending: string;
  readonly channels: number;
}

async function casesOf(folder: string, layout: Layout): Promise<readonly SegmentationCase[]> {
  const { images, labelFolder, ending, channels } = layout;
  const files = new Set((await readFolder(join(folder, images))).files);
  const labels = labelFolder === null ? null : new Set((await readFolder(join(folder, labelFolder))).files);
  const first = `_0000${ending}`;
  return [...files]
    .filter((file) => file.endsWith(first))
    .map((file) => {
      const name = file.slice(0, -first.length);
      const names = Array.from(
        { length: channels },
        (_, channel) => `${name}_${String(channel).padStart(4, '0')}${ending}`,
      );
      const missing = names.find((each) => !files.has(each));
      if (missing !== undefined)
        throw new InputError(`Case ${name} lacks a channel: there is no ${join(folder, images, missing)}.`);
      if (labels !== null && !labels.has(name + ending))
        throw new InputError(`Case ${name} lacks its label: there is no ${join(folder, labelFolder!, name + ending)}.`);
      return {
        name,
        images: names.map((each) => join(folder, images, each)),
        label: labelFolder === null ? null : join(folder, labelFolder, name + ending),
      };
    });
}

/** nnU-Net maps names to numbers: `{ "background": 0, "liver": 1 }`. */
function labelNames(labels: unknown, path: string): readonly string[] {
  if (!isObject(labels)) throw new InputError(`"labels" of ${path} must be an object such as { "background": 0 }.`);
  const numbered = Object.fromEntries(
    Object.entries(labels).map(([name, number]) => {
      if (typeof number !== 'number')
        throw new InputError(
          `"labels" of ${path}: ${name} is ${JSON.stringify(number)}. Regions of several labels are not supported.`,
        );
      return [String(number), name];
    }),
  );
  return namesByNumber(numbered, `"labels" of ${path}`);
}
