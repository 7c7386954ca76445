import { ArgumentError, DTypeError, ndarray, ShapeError, zeros } from '@delira/core';
import { expectClose } from '@delira/testkit';
import { resampleToImage, resampleToShape, resampleToSpacing, volume } from '../src/index.js';
import { describe, expect, it } from 'vitest';

const line = (...values: readonly number[]) => volume(ndarray(values, [1, 1, values.length]));

describe('resampleToSpacing', () => {
  it.each([
    { from: 2, to: 1, size: 20, origin: -0.5 },
    { from: 1, to: 2, size: 5, origin: 0.5 },
    { from: 0.3, to: 1, size: 3, origin: 0.35 },
  ])('keeps the outer edges from $from mm to $to mm', ({ from, to, size, origin }) => {
    const image = volume(zeros([10, 10, 10]), { spacing: [from, from, from] });
    const result = resampleToSpacing(image, [to, to, to]);
    expect(result.array.shape).toEqual([size, size, size]);
    expect(result.spacing).toEqual([to, to, to]);
    expectClose([...result.origin], [origin, origin, origin], { rtol: 1e-12 });
  });

  it('moves the origin along the axes of the image, not of the world', () => {
    const turned = volume(zeros([2, 2, 2]), { spacing: [2, 2, 2], direction: [0, -1, 0, 1, 0, 0, 0, 0, -1] });
    expectClose([...resampleToSpacing(turned).origin], [0.5, -0.5, 0.5]);
  });

  it('continues the outermost values up to the edge', () => {
    expect([...resampleToSpacing(line(0, 4), [0.5, 1, 1]).array.data]).toEqual([0, 1, 3, 4]);
  });
});

describe('resampleToShape', () => {
  it('puts the outermost centres onto each other', () => {
    const result = resampleToShape(line(0, 1, 2, 3), [1, 1, 8]);
    expectClose(result.array.data, [0, 0.4286, 0.8571, 1.2857, 1.7143, 2.1429, 2.5714, 3], { atol: 5e-5 });
    expectClose([...result.spacing], [3 / 7, 1, 1]);
  });

  it('keeps the outer edges where asked to', () => {
    const result = resampleToShape(line(0, 1, 2, 3), [1, 1, 8], { align: 'edges' });
    expectClose(result.array.data, [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]);
    expect(result.spacing).toEqual([0.5, 1, 1]);
    expect(result.origin).toEqual([-0.25, 0, 0]);
  });
});

describe('resampleToImage', () => {
  const grid = { ...line(1, 2, 3), size: [6, 1, 1] as const, spacing: [0.5, 1, 1] as const };

  it.each([
    { interpolation: 'nearest' as const, expected: [1, 2, 2, 3, 3, 9] },
    { interpolation: 'linear' as const, expected: [1, 1.5, 2, 2.5, 3, 9] },
  ])('looks values up: $interpolation', ({ interpolation, expected }) => {
    const { array } = resampleToImage(line(1, 2, 3), grid, { interpolation, fill: 9 });
    expect([...array.data]).toEqual(expected);
  });

  it('truncates integers towards zero and clamps them', () => {
    const image = volume(ndarray([-1, -2, 300], [1, 1, 3], 'int32'));
    expect([...resampleToImage(image, grid).array.data]).toEqual([-1, -1, -2, 149, 300, 0]);
    expect([...resampleToImage(image, grid, { dtype: 'uint8' }).array.data]).toEqual([0, 0, 0, 149, 255, 0]);
  });

  it('resamples channels one by one', () => {
    const image = volume(ndarray([0, 2, 10, 20], [2, 1, 1, 2]));
    const { array } = resampleToImage(image, { ...image, size: [3, 1, 1], spacing: [0.5, 1, 1] });
    expect(array).toEqual(ndarray([0, 1, 2, 10, 15, 20], [2, 1, 1, 3]));
  });

  it('moves positions by a transform', () => {
    const shift = [1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] as const;
    expect([...resampleToImage(line(1, 2, 3), line(0, 0, 0), { transform: shift }).array.data]).toEqual([2, 3, 0]);
  });

  it('does not look at a neighbour without weight', () => {
    expect([...resampleToImage(line(1, NaN), line(0, 0)).array.data]).toEqual([1, NaN]);
  });

  it('refuses what it cannot do', () => {
    expect(() => resampleToImage(volume(zeros([1, 1, 1], 'float16')), line(1))).toThrow(DTypeError);
    expect(() => resampleToImage(line(1), { ...grid, size: [0, 1, 1] })).toThrow(ArgumentError);
    expect(() => resampleToImage(line(1), line(1), { interpolation: 'spline' as 'cubic' })).toThrow(
      'Use one of nearest, linear, cubic',
    );
    expect(() => volume(zeros([2, 2]))).toThrow(ShapeError);
    expect(() => volume(zeros([1, 1, 1]), { spacing: [1, 0, 1] })).toThrow('three positive numbers');
    expect(() => volume(zeros([1, 1, 1]), { direction: [1, 0, 0, 1, 0, 0, 0, 0, 1] })).toThrow('cannot be inverted');
  });
});
