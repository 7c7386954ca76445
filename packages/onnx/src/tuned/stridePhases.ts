import type { Shape } from '@delira/core';

/** One in every `stride` positions of an axis, starting at `offset`: which taps reach it, and the padding of the convolution that computes them. */
export interface Phase {
  /** In the order of that convolution: descending. */
  readonly taps: Shape;
  readonly padding: readonly [low: number, high: number];
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/**
 * dx[i] is the sum of g[j − t] · w[a + stride · t], where a = (i + low) mod stride and j = (i + low − a) / stride. Positions with the
 * same a form a convolution of stride 1 over g. All phases get the extent of the longest, ⌈extent / stride⌉.
 */
export function phasesOf(extent: number, given: number, kernel: number, stride: number, low: number): readonly Phase[] {
  const count = Math.ceil(extent / stride);
  return range(stride).map((offset) => {
    const first = (offset + low) % stride;
    const shift = (offset + low - first) / stride;
    const taps = range(kernel).filter((tap) => tap % stride === first);
    const before = taps.length - 1 - shift;
    return { taps: taps.reverse(), padding: [before, count - 1 + shift - (given - 1)] };
  });
}
