import { ndarray } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { preprocess } from '../src/index.js';

const image = ndarray([0, 10, 20, 30], [1, 2, 2], 'uint8');

describe('preprocess', () => {
  it('gives float32 and leaves the image as it is', () => {
    expect(preprocess(image, [])).toEqual(ndarray([0, 10, 20, 30], [1, 2, 2]));
    preprocess(image, [{ type: 'clip', low: 1, high: 2 }]);
    expect([...image.data]).toEqual([0, 10, 20, 30]);
  });

  it('clips, rescales and standardizes, in order', () => {
    expect([...preprocess(image, [{ type: 'clip', low: 5, high: 20 }]).data]).toEqual([5, 10, 20, 20]);
    expect([...preprocess(image, [{ type: 'rescale', low: -1, high: 2 }]).data]).toEqual([-1, 0, 1, 2]);
    const clip = { type: 'clip', low: 10, high: 20 } as const;
    expect([...preprocess(image, [clip, { type: 'standardize' }]).data]).toEqual([-1, -1, 1, 1]);
  });

  it('normalizes by one number, or by one for each channel', () => {
    expect([...preprocess(image, [{ type: 'normalize', mean: [10], deviation: [5] }]).data]).toEqual([-2, 0, 2, 4]);
    const two = ndarray([0, 10, 20, 30], [2, 2]);
    expect([...preprocess(two, [{ type: 'normalize', mean: [10, 20], deviation: [5, 10] }]).data]).toEqual([
      -2, 0, 0, 1,
    ]);
    expect(() => preprocess(image, [{ type: 'normalize', mean: [1, 2], deviation: [1] }])).toThrow(
      'The preprocessing step normalize has 2 numbers in "mean", but the image has 1 channels. Give an image of 2 channels.',
    );
  });

  it('makes an image of one value the lowest, or zero', () => {
    const flat = ndarray([7, 7], [1, 2]);
    expect([...preprocess(flat, [{ type: 'rescale', low: 3, high: 4 }]).data]).toEqual([3, 3]);
    expect([...preprocess(flat, [{ type: 'standardize' }]).data]).toEqual([0, 0]);
  });
});
