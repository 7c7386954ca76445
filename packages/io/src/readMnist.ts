import { InputError, type NDArray, NotFoundError } from '@delira/core';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FormatError } from './errors.js';
import { systemCode } from './files/FileSystem.js';
import { readIdx } from './readIdx.js';

export interface MnistOptions {
  /** Which of the two sets; default `'train'`. */
  readonly part?: 'train' | 'test';
  /** Takes the first images only; default: all. */
  readonly limit?: number;
}

/** What `new ArrayDataset(…)` of `@delira/data-loading` takes. */
export type Mnist = Readonly<{
  /** uint8 [N, 1, height, width]: 0 is the background. */
  data: NDArray<'uint8'>;
  /** uint8 [N]: class numbers. */
  label: NDArray<'uint8'>;
}>;

/**
 * Reads the MNIST digits, or another set in the same files (Fashion-MNIST, KMNIST), from a folder with the decompressed
 * `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and, for the test set, the same with `t10k`: what `torchvision.datasets.MNIST` reads.
 *
 * @throws NotFoundError, InputError when a file cannot be read, FormatError when it does not hold images or their labels; all name the file.
 */
export async function readMnist(
  folder: string,
  { part = 'train', limit = Infinity }: MnistOptions = {},
): Promise<Mnist> {
  const prefix = part === 'train' ? 'train' : 't10k';
  const [images, labels] = await Promise.all([
    read(join(folder, `${prefix}-images-idx3-ubyte`), 3),
    read(join(folder, `${prefix}-labels-idx1-ubyte`), 1),
  ]);
  const [total, height, width] = images.shape as [number, number, number];
  if (labels.shape[0] !== total)
    throw new FormatError(
      `${folder}: there are ${total} ${part} images, but ${labels.shape[0]} labels. Fetch them again.`,
    );
  const count = Math.min(limit, total);
  return {
    data: { ...images, shape: [count, 1, height, width], data: images.data.subarray(0, count * height * width) },
    label: { ...labels, shape: [count], data: labels.data.subarray(0, count) },
  };
}

async function read(path: string, rank: number): Promise<NDArray<'uint8'>> {
  let array: NDArray;
  try {
    array = readIdx(await readFile(path));
  } catch (cause) {
    if (cause instanceof FormatError) throw new FormatError(`${path}: ${cause.message}`, { cause });
    const reason = systemCode(cause);
    if (reason === 'ENOENT')
      throw new NotFoundError(`There is no file ${path}. Check the folder of MNIST's files.`, { cause });
    if (reason !== null)
      throw new InputError(`${path} could not be read (${reason}). Check its permissions and the disk.`, { cause });
    throw cause;
  }
  if (!isBytes(array) || array.shape.length !== rank)
    throw new FormatError(
      `${path} holds ${array.dtype} with ${array.shape.length} dimensions; expected uint8 with ${rank}. It is not a file of MNIST.`,
    );
  return array;
}

function isBytes(array: NDArray): array is NDArray<'uint8'> {
  return array.dtype === 'uint8';
}
