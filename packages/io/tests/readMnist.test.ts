import { InputError, ndarray, NotFoundError } from '@delira/core';
import { temporaryFolder } from '@delira/testkit/vitest';
import { FormatError, readMnist } from '../src/index.js';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const idx = (shape: readonly number[], values: readonly number[]): Uint8Array =>
  Uint8Array.from([0, 0, 8, shape.length, ...shape.flatMap((extent) => [0, 0, 0, extent]), ...values]);
const write = (name: string, prefix: string, images: Uint8Array, labels: Uint8Array): string => {
  const path = join(temporaryFolder(), name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, `${prefix}-images-idx3-ubyte`), images);
  writeFileSync(join(path, `${prefix}-labels-idx1-ubyte`), labels);
  return path;
};
const images = idx([3, 1, 2], [1, 2, 3, 4, 5, 6]);
const labels = idx([3], [7, 8, 9]);

describe('readMnist', () => {
  it('reads images with a channel, and their labels', async () => {
    expect(await readMnist(write('whole', 'train', images, labels))).toEqual({
      data: ndarray([1, 2, 3, 4, 5, 6], [3, 1, 1, 2], 'uint8'),
      label: ndarray([7, 8, 9], [3], 'uint8'),
    });
  });

  it('reads the first images of the test set', async () => {
    const path = write('test', 't10k', images, labels);
    expect(await readMnist(path, { part: 'test', limit: 2 })).toEqual({
      data: ndarray([1, 2, 3, 4], [2, 1, 1, 2], 'uint8'),
      label: ndarray([7, 8], [2], 'uint8'),
    });
  });

  it('says which file is missing, damaged, of another kind, or does not belong', async () => {
    const nowhere = join(temporaryFolder(), 'nowhere');
    await expect(readMnist(nowhere)).rejects.toThrow(NotFoundError);
    await expect(readMnist(nowhere)).rejects.toThrow(/nowhere.train-(images|labels)-idx/);
    const short = readMnist(write('short', 'train', images.subarray(0, 20), labels));
    await expect(short).rejects.toThrow(/short.train-images-idx3-ubyte: An idx file of unsigned bytes/);
    const other = readMnist(write('other', 'train', labels, labels));
    await expect(other).rejects.toThrow(
      /other.train-images-idx3-ubyte holds uint8 with 1 dimensions; expected uint8 with 3/,
    );
    const mixed = write('mixed', 'train', images, idx([2], [1, 2]));
    await expect(readMnist(mixed)).rejects.toThrow(
      new FormatError(`${mixed}: there are 3 train images, but 2 labels. Fetch them again.`),
    );
    const path = write('folder', 'train', images, labels);
    mkdirSync(join(path, 't10k-images-idx3-ubyte'));
    mkdirSync(join(path, 't10k-labels-idx1-ubyte'));
    await expect(readMnist(path, { part: 'test' })).rejects.toThrow(InputError);
  });
});
