import { join } from 'node:path';
import { createRng, ndarray } from '@delira/core';
import { affineOf, type Matrix4, volume } from '@delira/imaging';
import { FormatError, loadNifti, loadNpy, saveNifti, saveNpy, type StoredType } from '@delira/io';
import { atMost, type CheckRow, holds } from '../../Check.js';
import { largestDifference, rotation, vector } from './volumes.js';

export interface NiftiTask {
  readonly file: string;
  readonly array: string;
  readonly affine: Matrix4;
}

/** What nibabel made of files of ours, and the files it wrote. */
export interface NiftiResults {
  readonly readNifti: readonly {
    readonly dtype: string;
    readonly wrongValues: number;
    readonly affine: number;
    readonly qform: number;
  }[];
  readonly writtenNifti: readonly (NiftiTask & { readonly scaled: boolean })[];
  /** Files of the format before NIfTI. */
  readonly writtenAnalyze: readonly string[];
}

/** Every stored type in both versions, on oblique geometry. */
export async function writeNiftiFiles(folder: string): Promise<readonly NiftiTask[]> {
  const rng = createRng(4);
  const types: readonly StoredType[] = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32', 'float64'];
  const tasks: NiftiTask[] = [];
  for (const type of types) {
    for (const version of [1, 2] as const) {
      const values = Array.from({ length: 60 }, () => (type.startsWith('float') ? rng.normal() * 50 : rng.int(120)));
      const image = volume(ndarray(values, [3, 4, 5], 'float64'), {
        spacing: vector(rng, 0.5, 3),
        origin: vector(rng, -100, 100),
        direction: rotation(rng),
      });
      const rounded = type === 'float32' ? { ...image, array: ndarray(Float32Array.from(values), [3, 4, 5]) } : image;
      const name = `ours-${type}-${version}`;
      const file = `${name}.nii${version === 1 ? '.gz' : ''}`;
      await saveNifti(join(folder, file), rounded, { type, version });
      await saveNpy(join(folder, `${name}.npy`), rounded.array);
      tasks.push({ file, array: `${name}.npy`, affine: affineOf(rounded, 'RAS') });
    }
  }
  return tasks;
}

export function compareWritten(tasks: readonly NiftiTask[], results: NiftiResults): readonly CheckRow[] {
  const read = results.readNifti;
  const largest = (of: (each: NiftiResults['readNifti'][number]) => number, version: string): number =>
    Math.max(...read.filter((_, index) => tasks[index]!.file.includes(`-${version}.nii`)).map(of));
  return [
    holds(
      `nibabel reads our ${tasks.length} NIfTI files: values`,
      read.every(({ wrongValues }) => wrongValues === 0),
      'the same',
    ),
    holds(
      'nibabel reads our NIfTI files: types',
      read.every(({ dtype }, index) => tasks[index]!.file.startsWith(`ours-${dtype}-`)),
      'as asked for',
    ),
    atMost(
      'nibabel reads our NIfTI-1 files: affine, of up to 100 mm',
      largest(({ affine }) => affine, '1'),
      1e-5,
    ),
    atMost(
      'nibabel reads our NIfTI-2 files: affine',
      largest(({ affine }) => affine, '2'),
      1e-13,
    ),
    atMost(
      'qform against sform, NIfTI-1',
      largest(({ qform }) => qform, '1'),
      1e-5,
    ),
    atMost(
      'qform against sform, NIfTI-2',
      largest(({ qform }) => qform, '2'),
      1e-12,
    ),
  ];
}

export async function compareNibabel(folder: string, results: NiftiResults): Promise<readonly CheckRow[]> {
  let [wrong, exact] = [0, 0];
  let [affine, scaled, analyze] = [0, 0, 0];
  for (const task of results.writtenNifti) {
    const ours = await loadNifti(join(folder, task.file), { dtype: 'float64' });
    const theirs = await loadNpy(join(folder, task.array));
    const difference = largestDifference(ours.array, theirs);
    if (task.scaled) scaled = Math.max(scaled, difference);
    else if (difference === 0 && ours.array.shape.join() === theirs.shape.join()) exact++;
    else wrong++;
    affine = Math.max(affine, ...affineOf(ours, 'RAS').map((value, index) => Math.abs(value - task.affine[index]!)));
  }
  for (const file of results.writtenAnalyze) {
    const refused = await loadNifti(join(folder, file)).then(
      () => false,
      (error: unknown) => error instanceof FormatError && error.message.includes('Analyze 7.5'),
    );
    if (!refused) analyze++;
  }
  return [
    holds(
      `we read nibabel's ${results.writtenNifti.length} NIfTI files: every type, byte order and version, one file or two`,
      wrong === 0,
      'the same',
      `${exact} the same, ${wrong} not`,
    ),
    atMost('… those with scl_slope', scaled, 1e-12),
    atMost('… affine', affine, 1e-13),
    holds("we refuse nibabel's Analyze files", analyze === 0, 'with the reason', `${analyze} not`),
  ];
}
