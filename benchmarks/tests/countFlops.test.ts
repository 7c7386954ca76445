import { bind, gradients, type Program, trace } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { countFlops } from '../src/countFlops.js';

/** [2, 3, 8, 8] with a kernel [4, 3, 3, 3]: 2 · 4 · 36 outputs of 27 products each. */
const CONVOLUTION = 2 * (2 * 4 * 36) * 27;

const convolving = (learn: boolean): Program =>
  trace((recording) => {
    const x = recording.feed('x', { shape: [2, 3, 8, 8], dtype: 'float32' });
    const kernel = recording.feed('kernel', { shape: [4, 3, 3, 3], dtype: 'float32' });
    const attrs = { strides: [1, 1], dilation: [1, 1], padding: [[0, 0] as const, [0, 0] as const], groups: 1 };
    const y = bind('conv', [x, kernel], attrs);
    const [dx, dkernel] = learn ? gradients(y.sum(), [x, kernel]) : [y, y];
    return { y, dx: dx!, dkernel: dkernel! };
  });

describe('countFlops', () => {
  it('counts two for each product of a convolution', () => {
    expect(countFlops(convolving(false))).toBe(CONVOLUTION);
  });

  it('counts as much again for each gradient', () => {
    expect(countFlops(convolving(true))).toBe(3 * CONVOLUTION);
  });

  it('counts matrix products, and nothing else', () => {
    const program = trace((recording) => {
      const a = recording.feed('a', { shape: [5, 3, 4], dtype: 'float32' });
      const b = recording.feed('b', { shape: [5, 4, 7], dtype: 'float32' });
      return { y: a.matmul(b).relu().sum() };
    });
    expect(countFlops(program)).toBe(2 * 5 * 3 * 7 * 4);
  });
});
