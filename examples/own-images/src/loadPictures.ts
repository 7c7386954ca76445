import { InputError, type NDArray } from '@delira/core';
import { CacheDataset } from '@delira/data-loading';
import { resampleToShape, volume } from '@delira/imaging';
import { loadImage } from '@delira/io';
import type { ProgressBar } from '@delira/logging';
import type { ClassFolder } from './indexClasses.js';

export type Mode = 'grey' | 'rgb';

/** The largest sample of a file with 8 and with 16 bits. */
const WHITE: Readonly<Partial<Record<NDArray['dtype'], number>>> = { uint8: 255, int32: 65_535 };

/**
 * Loads every image once, before the training: a damaged one is then found at once. `data` float32 [channels, size, size] from 0 to 1.
 *
 * @throws InputError naming the file that cannot be read.
 */
export function loadPictures(
  { images }: ClassFolder,
  { size, mode, progress }: { readonly size: number; readonly mode: Mode; readonly progress: ProgressBar },
): Promise<CacheDataset> {
  return CacheDataset.load({
    entries: images.map(({ path }) => path),
    targets: images.map(({ label }) => label),
    load: async (path, index) => ({
      data: fit(await loadImage(path, { mode }), size),
      label: { dtype: 'int32', shape: [], data: Int32Array.of(images[index]!.label) },
    }),
    progress,
  });
}

/** Whether the first image of each class is grey: then all are taken so. */
export async function modeOf({ classes, images }: ClassFolder): Promise<Mode> {
  for (const label of classes.keys()) {
    const { path } = images.find((image) => image.label === label)!;
    if ((await loadImage(path)).shape[0] !== 1) return 'rgb';
  }
  return 'grey';
}

/** Resizes to a square, whatever the proportions, and scales to 0 … 1. */
function fit(image: NDArray, size: number): NDArray {
  const white = WHITE[image.dtype] ?? 1;
  const pixels = Float32Array.from(image.data, (value) => value / white);
  const [channels, height, width] = image.shape as [number, number, number];
  if (Math.min(height, width) < 2)
    throw new InputError(`It is ${width} × ${height} pixels; at least 2 × 2 are needed.`);
  // A channel is a volume of one slice; the axes before it are resampled one by one.
  const { array } = resampleToShape(
    volume({ dtype: 'float32', shape: [channels, 1, height, width], data: pixels }),
    [1, size, size],
    { align: 'edges' },
  );
  return { ...array, shape: [channels, size, size] };
}
