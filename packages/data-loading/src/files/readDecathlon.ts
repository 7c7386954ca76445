import { basename, join } from 'node:path';
import { InputError } from '@delira/core';
import {
  type DatasetDescription,
  isObject,
  namesByNumber,
  pathInside,
  readJsonObject,
  type SegmentationCase,
} from './DatasetDescription.js';

/**
 * A task folder of the Medical Segmentation Decathlon (Antonelli et al., Nature Communications 13, 2022): `dataset.json` lists the cases
 * and names labels and modalities. No image is opened.
 *
 * @throws InputError naming the file, and the entry in it, that does not fit.
 */
export async function readDecathlon(folder: string): Promise<DatasetDescription> {
  const path = join(folder, 'dataset.json');
  const { name, modality, labels, training, test = [] } = await readJsonObject(path);
  if (!Array.isArray(training) || !Array.isArray(test))
    throw new InputError(`${path} has no list "training". Is it the dataset.json of a Decathlon task?`);
  const image = (value: unknown, where: string): SegmentationCase => {
    const file = pathInside(folder, value, where);
    return { name: caseName(file), images: [file], label: null };
  };
  return {
    name: typeof name === 'string' ? name : basename(folder),
    channels: namesByNumber(modality, `"modality" of ${path}`),
    labels: namesByNumber(labels, `"labels" of ${path}`),
    train: training.map((entry: unknown, index) => {
      const where = `"training"[${index}] of ${path}`;
      if (!isObject(entry)) throw new InputError(`${where} must be an object { "image", "label" }.`);
      return {
        ...image(entry['image'], `${where}, "image",`),
        label: pathInside(folder, entry['label'], `${where}, "label",`),
      };
    }),
    test: test.map((entry: unknown, index) => image(entry, `"test"[${index}] of ${path}`)),
  };
}

/** The file's name without `.nii.gz` or another ending. */
function caseName(path: string): string {
  return basename(path).replace(/(\.nii)?\.[^.]+$/, '');
}
