import { ndarray } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { imageWeights } from '../src/imageWeights.js';

describe('imageWeights', () => {
  it('weighs an image by its classes, rare ones more', () => {
    const labels = ndarray([0, 1, 1, 1, 2, 1, 0, 0], [4, 2], 'uint8');
    // Class 1 is in three images, class 2 in one.
    expect(imageWeights(labels)).toEqual([1 / 3, 1 / 3, 1 + 1 / 3, 0]);
  });
});
