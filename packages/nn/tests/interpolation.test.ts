import { trace } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { interpolateLinear, type InterpolateLinearOptions, UpsampleLinear } from '../src/index.js';

describe('linear interpolation', () => {
  const interpolate = (options: InterpolateLinearOptions, spatial: readonly number[] = [4, 4]) =>
    trace((recording) => ({
      y: interpolateLinear(recording.feed('x', { shape: [1, 2, ...spatial], dtype: 'float32' }), options),
    }));

  it('leaves alone what has the size already', () => {
    expect(interpolate({ size: 4 }).nodes).toEqual([]);
    expect(interpolate({ scale: 1 }).nodes).toEqual([]);
    expect(interpolate({ size: [4, 4], alignCorners: true }).nodes).toEqual([]);
    // One axis alone is one matrix product.
    expect(interpolate({ size: [4, 9] }).nodes.map(({ prim }) => prim)).toEqual(['reshape', 'matmul', 'reshape']);
  });

  it.each<[InterpolateLinearOptions, RegExp]>([
    [{}, /interpolateLinear takes either a size or a scale/],
    [{ size: 3, scale: 2 }, /either a size or a scale/],
    [{ size: [2, 0] }, /size is 2,0; extents must be positive integers/],
    [{ scale: -1 }, /scale is -1; factors must be positive/],
    [{ scale: [1, 2, 3] }, /scale \[1, 2, 3\] needs 2 entries/],
    [{ scale: 0.2 }, /nothing is left of the extents \[4, 4\]/],
  ])('refuses %o', (options, message) => {
    expect(() => interpolate(options)).toThrow(message);
  });

  it('refuses a layer without a factor', () => {
    expect(() => new UpsampleLinear([2, NaN])).toThrow(/UpsampleLinear: scale is 2,NaN/);
  });
});
