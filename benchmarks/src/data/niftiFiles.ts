import { join } from 'node:path';
import { createRng, ndarray } from '@delira/core';
import { volume } from '@delira/imaging';
import { saveNifti } from '@delira/io';

/** Files as scanners and annotators make them: a noisy image of 16 bits, a label map, and a normalised image. */
export async function writeNiftiFiles(folder: string, extent: number): Promise<readonly string[]> {
  const shape = [extent / 2, extent, extent];
  const length = shape.reduce((product, count) => product * count, 1);
  const rng = createRng(1);
  const image = Float32Array.from({ length }, (_, i) => 300 * Math.sin(i / 5000) + 20 * rng.normal());
  const labels = Uint8Array.from({ length }, (_, i) =>
    Math.sin(i / 9000) > 0.5 ? 1 + (Math.floor(i / 40_000) % 3) : 0,
  );
  const files = [
    { name: 'image.nii.gz', type: 'int16', array: ndarray(Int32Array.from(image), shape, 'int32') },
    { name: 'labels.nii.gz', type: 'uint8', array: ndarray(labels, shape, 'uint8') },
    { name: 'normalised.nii.gz', type: 'float32', array: ndarray(image, shape) },
  ] as const;
  for (const { name, type, array } of files) await saveNifti(join(folder, name), volume(array), { type });
  return files.map(({ name }) => join(folder, name));
}
