import { ndarray } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { boxOf, fromSagittalSlices, sagittalSlices } from '../src/index.js';

const volume = ndarray(
  Array.from({ length: 24 }, (_, index) => index),
  [2, 3, 4],
);

describe('boxOf', () => {
  it('copies a box', () => {
    const ranges = [
      [1, 2],
      [0, 2],
      [1, 4],
    ] as const;
    expect(boxOf(volume, ranges)).toEqual(ndarray([13, 14, 15, 17, 18, 19], [1, 2, 3]));
  });
});

describe('sagittalSlices', () => {
  it('brings the last axis to the front, and back', () => {
    const slices = sagittalSlices(volume);
    expect(slices.shape).toEqual([4, 2, 3]);
    expect([...slices.data.subarray(0, 6)]).toEqual([0, 4, 8, 12, 16, 20]);
    expect(fromSagittalSlices(slices)).toEqual(volume);
  });
});
