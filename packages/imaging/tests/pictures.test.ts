import { ArgumentError, ndarray, ShapeError } from '@delira/core';
import { overlayLabels, takeSlice } from '../src/index.js';
import { describe, expect, it } from 'vitest';

describe('takeSlice', () => {
  const array = ndarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [2, 1, 3, 2], 'int32');

  it.each([
    { axis: 'z' as const, index: 0, shape: [2, 3, 2], values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
    { axis: 'y' as const, index: 1, shape: [2, 1, 2], values: [2, 3, 8, 9] },
    { axis: 'x' as const, index: 1, shape: [2, 1, 3], values: [1, 3, 5, 7, 9, 11] },
  ])('leaves out $axis', ({ axis, index, shape, values }) => {
    expect(takeSlice(array, index, axis)).toEqual(ndarray(values, shape, 'int32'));
  });

  it('refuses an index beyond the axis', () => {
    expect(() => takeSlice(array, 1)).toThrow(ArgumentError);
    expect(() => takeSlice(ndarray([1], [1, 1]), 0)).toThrow(ShapeError);
  });
});

describe('overlayLabels', () => {
  const image = ndarray([0, 50, 100, 100], [2, 2]);
  const labels = ndarray([0, 0, 1, 3], [2, 2], 'int32');

  it('colours labels and leaves the background grey', () => {
    const colours = [
      [255, 0, 0],
      [0, 55, 0],
    ] as const;
    const picture = overlayLabels(image, labels, { colours });
    expect(picture.shape).toEqual([3, 2, 2]);
    expect([...picture.data]).toEqual([0, 128, 255, 255, 0, 128, 128, 128, 0, 128, 128, 128]);
  });

  it('shows a range of values', () => {
    expect([...overlayLabels(image, labels, { range: [50, 100], opacity: 0 }).data.slice(0, 4)]).toEqual([
      0, 0, 255, 255,
    ]);
  });

  it('refuses shapes that differ', () => {
    expect(() => overlayLabels(image, ndarray([1], [1, 1]))).toThrow(ShapeError);
    expect(() => overlayLabels(image, labels, { opacity: 2 })).toThrow(ArgumentError);
  });
});
