import { join } from 'node:path';
import { createRng, type NDArray, ndarray } from '@delira/core';
import { loadImage, loadNpy, loadVolume, saveImage, saveNpy } from '@delira/io';
import { type CheckRow, holds } from '../../Check.js';
import { largestDifference } from './volumes.js';

/** A picture, and the `.npy` file of what is in it, channels or slices first. */
export interface ImageTask {
  readonly file: string;
  readonly array: string;
}

/** What SimpleITK made of files of ours, and the files it wrote. */
export interface ImageResults {
  readonly readImages: readonly { readonly dtype: string; readonly wrongValues: number }[];
  readonly writtenImages: readonly ImageTask[];
}

/** Grey and coloured, 8 and 16 bits. */
export async function writeImageFiles(folder: string): Promise<readonly ImageTask[]> {
  const rng = createRng(11);
  const tasks: ImageTask[] = [];
  for (const bits of [8, 16] as const) {
    for (const channels of [1, 3]) {
      for (const ending of ['png', 'tif']) {
        const values = Array.from({ length: channels * 35 }, () => rng.int(2 ** bits));
        const image = ndarray(values, [channels, 5, 7], 'int32');
        const file = `ours-${bits}-${channels}.${ending}`;
        await saveImage(join(folder, file), image, { bits });
        await saveNpy(join(folder, `${file}.npy`), image);
        tasks.push({ file, array: `${file}.npy` });
      }
    }
  }
  return tasks;
}

export async function compareImages(
  folder: string,
  tasks: readonly ImageTask[],
  { readImages, writtenImages }: ImageResults,
): Promise<readonly CheckRow[]> {
  const wrong: string[] = [];
  for (const { file, array } of writtenImages) {
    const theirs = await loadNpy(join(folder, array));
    const path = join(folder, file);
    const ours: NDArray = file.includes('stack') ? (await loadVolume(path)).array : await loadImage(path);
    if (ours.shape.join() !== theirs.shape.join() || largestDifference(ours, theirs) !== 0) wrong.push(file);
  }
  const differ = tasks.filter(({ file }, index) => {
    const { dtype, wrongValues } = readImages[index]!;
    return wrongValues !== 0 || dtype !== (file.startsWith('ours-8') ? 'uint8' : 'uint16');
  });
  return [
    holds(
      `we read SimpleITK's ${writtenImages.length} pictures and stacks, PNG and TIFF`,
      wrong.length === 0,
      'the same',
      `${wrong.length} differ ${wrong.join()}`.trim(),
    ),
    holds(
      `SimpleITK reads our ${tasks.length} pictures`,
      differ.length === 0,
      'the same',
      `${differ.length} differ ${differ.map(({ file }) => file).join()}`.trim(),
    ),
  ];
}
