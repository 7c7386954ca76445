import { join } from 'node:path';
import { type NDArray, ndarray, type Rng } from '@delira/core';
import { type Geometry, type Matrix3, type Vector3, type Volume, volume } from '@delira/imaging';
import { saveNpy } from '@delira/io';

/** A volume whose array lies in a `.npy` file. */
export interface Stored extends Geometry {
  readonly array: string;
}

/** A rotation by three angles. */
export function rotation(rng: Rng): Matrix3 {
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

export const vector = (rng: Rng, low: number, high: number): Vector3 => [
  low + (high - low) * rng.uniform(),
  low + (high - low) * rng.uniform(),
  low + (high - low) * rng.uniform(),
];

export function randomVolume(rng: Rng, dtype: 'float64' | 'float32' | 'int32' | 'uint8', oblique: boolean): Volume {
  const shape = [24 + rng.int(16), 24 + rng.int(16), 24 + rng.int(16)];
  const values = Array.from({ length: shape[0]! * shape[1]! * shape[2]! }, () => rng.uniform() * 2000 - 1000);
  const kept = dtype === 'uint8' ? values.map((value) => Math.abs(value) / 4) : values;
  return volume(ndarray(kept, shape, dtype), {
    spacing: vector(rng, 0.5, 2),
    origin: vector(rng, -5, 5),
    ...(oblique ? { direction: rotation(rng) } : {}),
  });
}

export async function store(folder: string, name: string, image: Volume): Promise<Stored> {
  await saveNpy(join(folder, name), image.array);
  const { spacing, origin, direction } = image;
  return { array: name, spacing, origin, direction };
}

export function largestDifference(actual: NDArray, expected: NDArray): number {
  if (actual.data.length !== expected.data.length) return NaN;
  let largest = 0;
  for (let i = 0; i < actual.data.length; i++)
    largest = Math.max(largest, Math.abs(actual.data[i]! - expected.data[i]!));
  return largest;
}

export function placeDifference(actual: Geometry, expected: Geometry): number {
  const numbers = (each: Geometry): readonly number[] => [...each.spacing, ...each.origin, ...each.direction];
  return Math.max(...numbers(actual).map((value, index) => Math.abs(value - numbers(expected)[index]!)));
}
