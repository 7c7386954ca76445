import { join } from 'node:path';
import { type NDArray, ndarray } from '@delira/core';
import { loadNpy, loadWeights, saveNpy, writeFileAtomic, writeSafetensors } from '@delira/io';
import { type CheckRow, holds } from '../../Check.js';
import { largestDifference } from './volumes.js';

interface NpyResult {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly sum: number;
}
/** A `.npy` file of ours, and what is in it. */
export interface NpyTask {
  readonly file: string;
  readonly expected: NpyResult;
}

/** A safetensors file of ours, and what is in it. */
export interface SafetensorsTask {
  readonly file: string;
  readonly expected: Readonly<Record<string, NpyResult>>;
}

/** What NumPy made of files of ours, and the files it wrote. */
export interface ArrayResults {
  readonly readNpy: readonly NpyResult[];
  readonly writtenNpy: readonly { readonly file: string; readonly array: string }[];
  readonly readSafetensors: Readonly<Record<string, NpyResult>>;
  readonly writtenSafetensors: { readonly file: string; readonly arrays: Readonly<Record<string, string>> };
}

export async function compareNpy(
  folder: string,
  tasks: readonly NpyTask[],
  results: ArrayResults,
): Promise<readonly CheckRow[]> {
  let wrong = 0;
  for (const { file, array } of results.writtenNpy) {
    const [ours, theirs] = [await loadNpy(join(folder, file)), await loadNpy(join(folder, array))];
    if (largestDifference(ours, theirs) !== 0 || ours.shape.join() !== theirs.shape.join()) wrong++;
  }
  const read = results.readNpy.filter(
    (result, index) => JSON.stringify(result) !== JSON.stringify(tasks[index]!.expected),
  );
  return [
    holds(`we read NumPy's ${results.writtenNpy.length} .npy files`, wrong === 0, 'the same', `${wrong} differ`),
    holds(`NumPy reads our ${tasks.length} .npy files`, read.length === 0, 'the same', `${read.length} differ`),
  ];
}

export async function writeNpyFiles(folder: string): Promise<readonly NpyTask[]> {
  const arrays: readonly NDArray[] = [
    ndarray([1.5, -2, 3, 4], [2, 2]),
    ndarray([0.1, 2, 3], [3], 'float64'),
    ndarray([-5], [], 'int32'),
    ndarray([1, 255], [1, 2, 1], 'uint8'),
    ndarray([1, 0, 1], [3], 'bool'),
    ndarray([], [0, 4]),
  ];
  return Promise.all(
    arrays.map(async (array, index) => {
      const file = `ours-${index}.npy`;
      await saveNpy(join(folder, file), array);
      const sum = Array.from(array.data).reduce((total, value) => total + value, 0);
      return { file, expected: { dtype: array.dtype, shape: array.shape, sum } };
    }),
  );
}

/** A tensor of every dtype; their sums say whether they were read. */
export async function writeSafetensorsFile(folder: string): Promise<SafetensorsTask> {
  const tensors: Readonly<Record<string, NDArray>> = {
    float32: ndarray([1.5, -2, 3, 4], [2, 2]),
    float64: ndarray([0.1, 2, 3], [3], 'float64'),
    int32: ndarray([-5], [], 'int32'),
    uint8: ndarray([1, 255], [1, 2, 1], 'uint8'),
    bool: ndarray([1, 0, 1], [3], 'bool'),
    // The bits of 1, -2 and 0.5.
    float16: { dtype: 'float16', shape: [3], data: Uint16Array.of(0x3c00, 0xc000, 0x3800) },
    empty: ndarray([], [0, 4]),
  };
  await writeFileAtomic(join(folder, 'ours.safetensors'), writeSafetensors(new Map(Object.entries(tensors))));
  const expected = Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
    const sum = dtype === 'float16' ? -0.5 : Array.from(data).reduce((total, value) => total + value, 0);
    return [name, { dtype, shape, sum }] as const;
  });
  return { file: 'ours.safetensors', expected: Object.fromEntries(expected) };
}

export async function compareSafetensors(
  folder: string,
  { expected }: SafetensorsTask,
  { readSafetensors, writtenSafetensors }: ArrayResults,
): Promise<readonly CheckRow[]> {
  const ours = await loadWeights(join(folder, writtenSafetensors.file));
  let wrong = ours.size - Object.keys(writtenSafetensors.arrays).length;
  for (const [name, array] of Object.entries(writtenSafetensors.arrays)) {
    const theirs = await loadNpy(join(folder, array));
    const read = ours.get(name);
    if (read === undefined || read.shape.join() !== theirs.shape.join() || largestDifference(read, theirs) !== 0)
      wrong++;
  }
  const names = Object.keys(expected);
  const differ = names.filter((name) => JSON.stringify(readSafetensors[name]) !== JSON.stringify(expected[name]));
  return [
    holds(`we read the ${ours.size} tensors of a file of safetensors'`, wrong === 0, 'the same', `${wrong} differ`),
    holds(
      `safetensors reads our ${names.length} tensors`,
      differ.length === 0,
      'the same',
      `${differ.length} differ ${differ.join()}`.trim(),
    ),
  ];
}
