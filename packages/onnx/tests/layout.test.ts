import { ndarray, type Shape, sizeOf } from '@delira/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Layout, packArray, unpackArray } from '../src/tuned/Layout.js';

function counting(shape: Shape) {
  return ndarray(
    Float32Array.from({ length: sizeOf(shape) }, (_, index) => index),
    shape,
  );
}

const packed = (shape: Shape, layout: Layout): number[] =>
  Array.from(packArray(counting(shape), layout, 8).data as Float32Array);

describe('packArray', () => {
  it('puts the channels of a block side by side', () => {
    // [1, 16, 1, 2]: channel c at pixel p is element 2c + p.
    expect(packed([1, 16, 1, 2], 'blocked').slice(0, 10)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 1, 3]);
    expect(packed([1, 16, 1, 2], 'blocked')[16]).toBe(16);
  });

  it('puts the outputs of a kernel innermost, then the channels, then the taps', () => {
    // [8, 8, 1, 2]: output o, channel c, tap t is element 16o + 2c + t.
    const values = packed([8, 8, 1, 2], 'kernel');
    expect(values.slice(0, 9)).toEqual([0, 16, 32, 48, 64, 80, 96, 112, 2]);
    expect(values[64]).toBe(1);
  });

  it('leaves the channels of a narrow kernel unblocked', () => {
    // [8, 3, 1, 2]: output o, channel c, tap t is element 6o + 2c + t.
    expect(packed([8, 3, 1, 2], 'narrowKernel').slice(0, 10)).toEqual([0, 6, 12, 18, 24, 30, 36, 42, 1, 7]);
  });

  it('gives one matrix per tap', () => {
    // [2, 2, 1, 2]: output o, channel c, tap t is element 4o + 2c + t.
    expect(packed([2, 2, 1, 2], 'taps')).toEqual([0, 2, 4, 6, 1, 3, 5, 7]);
  });

  it('is undone by unpackArray', () => {
    const extent = fc.integer({ min: 1, max: 3 });
    const layouts = fc.constantFrom<Layout>('plain', 'blocked', 'kernel', 'narrowKernel', 'taps');
    fc.assert(
      fc.property(
        layouts,
        fc.constantFrom(8 as const, 16 as const),
        fc.tuple(extent, extent, extent, extent),
        (layout, block, [a, b, c, d]) => {
          const array = counting([a * block, b * block, c, d]);
          const there = packArray(array, layout, block);
          expect(there.shape).toEqual(array.shape);
          expect(unpackArray(there, layout, block)).toEqual(array);
        },
      ),
    );
  });
});
