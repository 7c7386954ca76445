import { describe, expect, it } from 'vitest';
import { usefulTaps } from '../src/tuned/usefulTaps.js';

const window = {
  strides: [1, 1],
  dilation: [1, 1],
  padding: [
    [1, 1],
    [1, 1],
  ],
} as const;

describe('usefulTaps', () => {
  it('keeps all taps of a map that is larger than the kernel', () => {
    expect(usefulTaps([5, 4], [3, 3], [5, 4], window)).toEqual({ first: [0, 0], count: [3, 3], low: [1, 1] });
  });

  it('keeps the middle tap of a map of one pixel', () => {
    expect(usefulTaps([1, 5], [3, 3], [1, 5], window)).toEqual({ first: [1, 0], count: [1, 3], low: [0, 1] });
  });

  it('follows stride and dilation', () => {
    // One output: taps at −1, 0, 1 of two pixels, then at −2, 0, 2 of two pixels.
    expect(usefulTaps([2, 2], [3, 3], [1, 1], { ...window, strides: [2, 2] })).toEqual({
      first: [1, 1],
      count: [2, 2],
      low: [0, 0],
    });
    expect(
      usefulTaps([2, 2], [3, 3], [1, 1], {
        strides: [2, 2],
        dilation: [2, 2],
        padding: [
          [2, 2],
          [2, 2],
        ],
      }),
    ).toEqual({ first: [1, 1], count: [1, 1], low: [0, 0] });
  });
});
