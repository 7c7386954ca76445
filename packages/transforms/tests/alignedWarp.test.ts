import { createRng, ndarray, type Sample, sizeOf } from '@delira/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpatialTransform } from '../src/index.js';

const sampleOf = (spatial: readonly number[]): Sample => {
  const rng = createRng(sizeOf(spatial));
  const draw = (count: number): number[] => Array.from({ length: count }, () => rng.uniform() - 0.5);
  return {
    data: ndarray(draw(2 * sizeOf(spatial)), [2, ...spatial]),
    label: ndarray(
      draw(sizeOf(spatial)).map((_, voxel) => voxel + 1),
      spatial,
      'int32',
    ),
  };
};

/** A deformation by nothing: every voxel is found, and interpolated, by itself. */
const still = (rank: number) => ({
  points: Array.from({ length: rank }, () => 4),
  displacements: Array.from({ length: rank }, () => Array.from({ length: 4 ** rank }, () => 0)),
});

const axes = (value: fc.Arbitrary<number>, rank: number) => fc.array(value, { minLength: rank, maxLength: rank });

describe('a cubic warp without rotation', () => {
  it.each([2, 3])('equals that of every voxel by itself to the last bit, %dD', (rank) => {
    fc.assert(
      fc.property(
        axes(fc.integer({ min: 1, max: 7 }), rank),
        axes(fc.integer({ min: 1, max: 9 }), rank),
        axes(fc.double({ min: 0.3, max: 3, noNaN: true }), rank),
        axes(fc.double({ min: -3, max: 3, noNaN: true }), rank),
        fc.constantFrom('fill', 'edge'),
        (spatial, size, scale, translation, border) => {
          const transform = new SpatialTransform({ interpolation: 'cubic', size, border, fill: -7, maskFill: 9 });
          const rotation = rank === 2 ? [0] : [0, 0, 0];
          const sample = sampleOf(spatial);
          const apart = transform.apply(sample, { rotation, scale, translation, elastic: still(rank) });
          expect(transform.apply(sample, { rotation, scale, translation, elastic: null })).toEqual(apart);
        },
      ),
      { seed: 2, numRuns: 200 },
    );
  });
});
