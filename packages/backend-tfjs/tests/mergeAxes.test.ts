import { describe, expect, it } from 'vitest';
import { mergeBroadcast, mergeFullAxes, mergeTransposed } from '../src/engines/mergeAxes.js';

describe('axes', () => {
  it('taken whole are joined to the one before', () => {
    const none = [0, 0] as const;
    expect(mergeFullAxes([2, 5, 4, 3], [none, [1, 2], none, none])).toEqual({
      shape: [2, 60],
      margins: [none, [12, 24]],
    });
    expect(mergeFullAxes([2, 5, 4], [none, none, none])).toEqual({ shape: [40], margins: [none] });
  });

  it('that stay side by side are moved as one', () => {
    expect(mergeTransposed([2, 3, 4, 5], [0, 2, 3, 1])).toEqual({ shape: [2, 3, 20], perm: [0, 2, 1] });
    expect(mergeTransposed([2, 1, 4, 5], [0, 2, 3, 1])).toEqual({ shape: [40], perm: [0] });
    expect(mergeTransposed([3, 4, 2], [2, 1, 0])).toEqual({ shape: [3, 4, 2], perm: [2, 1, 0] });
  });

  it('repeated by the same operand are joined', () => {
    expect(mergeBroadcast([2, 3, 4, 5], [1, 3, 1, 1])).toEqual({ a: [2, 3, 20], b: [1, 3, 1], shape: [2, 3, 4, 5] });
    expect(mergeBroadcast([3, 1], [1, 4])).toEqual({ a: [3, 1], b: [1, 4], shape: [3, 4] });
    expect(mergeBroadcast([2, 3, 4], [4])).toEqual({ a: [6, 4], b: [1, 4], shape: [2, 3, 4] });
  });
});
