import { join } from 'node:path';
import { createRng, type DType, type Rng } from '@delira/core';
import {
  type Grid,
  gridOf,
  indexToWorld,
  type Interpolation,
  resampleToImage,
  type Vector3,
  type Volume,
} from '@delira/imaging';
import { loadNpy } from '@delira/io';
import { atMost, type CheckRow, holds } from '../../Check.js';
import { largestDifference, placeDifference, randomVolume, rotation, store, type Stored, vector } from './volumes.js';

/** Of values up to a thousand: rounding in another order. */
const CUBIC = 1e-9;
const LINEAR = 1e-10;

export interface ResampleTask {
  readonly subject: string;
  readonly image: Stored;
  readonly grid: Grid;
  readonly interpolation: Interpolation;
  readonly dtype: DType;
  readonly fill: number;
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

/** Real label maps and images, and random ones whose axes are parallel or oblique to each other. */
export async function makeResampling(folder: string, images: { readonly image: Volume; readonly labels: Volume }) {
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

export async function compareResampling(
  folder: string,
  tasks: readonly ResampleTask[],
  sources: readonly Volume[],
  results: readonly Stored[],
): Promise<readonly CheckRow[]> {
  const rows: CheckRow[] = [];
  for (const [index, { subject, grid, interpolation, dtype, fill }] of tasks.entries()) {
    const ours = resampleToImage(sources[index]!, grid, { interpolation, dtype, fill });
    const theirs = await loadNpy(join(folder, results[index]!.array));
    const inside = Array.from(ours.array.data).filter((value) => value !== fill).length / ours.array.data.length;
    const what = `SimpleITK, ${subject} (${Math.round(100 * inside)} % inside): ${interpolation}`;
    const difference = largestDifference(ours.array, theirs);
    const exact = interpolation === 'nearest' || dtype === 'int32' || dtype === 'uint8';
    // In float32 the last digit of a thousand is 6e-5, and it is rounded once on both sides.
    const limit = exact ? 0 : dtype === 'float32' ? 7e-5 : interpolation === 'linear' ? LINEAR : CUBIC;
    rows.push(exact ? holds(what, difference === 0, 'the same', `${difference} off`) : atMost(what, difference, limit));
    if (placeDifference(ours, results[index]!) > 1e-12) rows.push(holds(`${what}, geometry`, false, 'the same'));
  }
  return rows;
}
