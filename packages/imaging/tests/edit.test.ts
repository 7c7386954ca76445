import { ArgumentError, ndarray, ShapeError, zeros } from '@delira/core';
import { expectClose } from '@delira/testkit';
import fc from 'fast-check';
import {
  affineOf,
  blankVolume,
  boundingBox,
  connectedComponents,
  copyMetadata,
  crop,
  cropOrPad,
  geometryFromAffine,
  indexToWorld,
  largestComponent,
  maxEnergySlice,
  orient,
  orientationOf,
  originOffset,
  pad,
  volume,
  worldToIndex,
} from '../src/index.js';
import { describe, expect, it } from 'vitest';

const turned = volume(ndarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [1, 3, 4], 'int32'), {
  spacing: [2, 1, 3],
  origin: [10, 20, 30],
  direction: [0, 1, 0, -1, 0, 0, 0, 0, 1],
});

describe('geometry', () => {
  it('says where voxels lie', () => {
    expect(indexToWorld(turned, [1, 2, 0])).toEqual([12, 18, 30]);
    expect(worldToIndex(turned, [12, 18, 30])).toEqual([1, 2, 0]);
  });

  it('is an affine in either world', () => {
    expect(affineOf(turned)).toEqual([0, 1, 0, 10, -2, 0, 0, 20, 0, 0, 3, 30, 0, 0, 0, 1]);
    expect(affineOf(turned, 'RAS')).toEqual([0, -1, 0, -10, 2, 0, 0, -20, 0, 0, 3, 30, 0, 0, 0, 1]);
    const { spacing, origin, direction } = turned;
    expect(geometryFromAffine(affineOf(turned, 'RAS'), 'RAS')).toEqual({ spacing, origin, direction });
  });

  it('is refused where an affine is flat or not finite', () => {
    expect(() => geometryFromAffine([1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])).toThrow(ArgumentError);
    expect(() => geometryFromAffine([1, 0, 0, NaN, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])).toThrow('must be finite');
    expect(() => geometryFromAffine([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])).toThrow('none may be zero');
  });

  it('moves the origin by half the difference of the spacings', () => {
    expect(originOffset([1, 1, 1], [2, 0.5, 1])).toEqual([-0.5, 0.25, 0]);
  });
});

describe('boundingBox', () => {
  const mask = zeros([4, 5, 6], 'uint8');
  mask.data[(1 * 5 + 2) * 6 + 3] = 1;
  mask.data[(2 * 5 + 3) * 6 + 5] = 1;

  it('goes from the first element that is not zero to behind the last', () => {
    expect(boundingBox(mask)).toEqual({ start: [1, 2, 3], end: [3, 4, 6] });
  });

  it('has a margin that ends where the array does', () => {
    expect(boundingBox(mask, { margin: 2 })).toEqual({ start: [0, 0, 1], end: [4, 5, 6] });
    expect(boundingBox(mask, { margin: [0, 1, 0] })).toEqual({ start: [1, 1, 3], end: [3, 5, 6] });
  });

  it('is null around nothing, and works in any number of dimensions', () => {
    expect(boundingBox(zeros([3, 3]))).toBeNull();
    expect(boundingBox(zeros([0, 3]))).toBeNull();
    expect(boundingBox(ndarray([0, 0, -1, 0], [4]))).toEqual({ start: [2], end: [3] });
    expect(() => boundingBox(mask, { margin: -1 })).toThrow(ArgumentError);
  });
});

describe('maxEnergySlice', () => {
  it('is the first slice with the largest sum', () => {
    expect(maxEnergySlice(ndarray([1, 1, 3, 0, 0, 3], [3, 1, 2]))).toBe(1);
  });

  it('counts negative values where squares are asked for', () => {
    const image = ndarray([1, 1, -5, -5], [2, 1, 2]);
    expect([maxEnergySlice(image), maxEnergySlice(image, { energy: 'squares' })]).toEqual([0, 1]);
    expect(() => maxEnergySlice(zeros([2, 2]))).toThrow(ShapeError);
  });
});

describe('blankVolume', () => {
  it('has one value, and the geometry it is given', () => {
    const blank = blankVolume({ size: [3, 2, 1], spacing: [1, 2, 3], fill: 7 });
    expect(blank.array).toEqual(ndarray([7, 7, 7, 7, 7, 7], [1, 2, 3], 'float64'));
    expect(blank.spacing).toEqual([1, 2, 3]);
    expect(() => blankVolume({ size: [0, 1, 1] })).toThrow(ArgumentError);
  });
});

describe('copyMetadata', () => {
  it('adds and replaces entries, and changes neither volume', () => {
    const source = { ...turned, metadata: { a: '1', b: '2' } };
    const target = { ...turned, metadata: { b: 'old', c: '3' } };
    expect(copyMetadata(source, target).metadata).toEqual({ a: '1', b: '2', c: '3' });
    expect(target.metadata).toEqual({ b: 'old', c: '3' });
  });
});

describe('crop and pad', () => {
  it('leave voxels in their place', () => {
    const cropped = crop(turned, { start: [0, 1, 2], end: [1, 3, 4] });
    expect(cropped.array).toEqual(ndarray([6, 7, 10, 11], [1, 2, 2], 'int32'));
    expect(cropped.origin).toEqual(indexToWorld(turned, [2, 1, 0]));
    const padded = pad(cropped, { before: [0, 1, 2] });
    expect(padded.array).toEqual(ndarray([0, 0, 0, 0, 0, 0, 6, 7, 0, 0, 10, 11], [1, 3, 4], 'int32'));
    expect(padded.origin).toEqual(turned.origin);
  });

  it.each([
    { mode: 'constant' as const, expected: [9, 9, 9, 1, 2, 3, 9, 9, 9, 9, 9] },
    { mode: 'edge' as const, expected: [1, 1, 1, 1, 2, 3, 3, 3, 3, 3, 3] },
    { mode: 'reflect' as const, expected: [2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2] },
  ])('add what they are told: $mode', ({ mode, expected }) => {
    const image = volume(ndarray([1, 2, 3], [1, 1, 3]));
    expect([...pad(image, { before: [0, 0, 3], after: [0, 0, 5], mode, fill: 9 }).array.data]).toEqual(expected);
  });

  it('work on channels', () => {
    const channels = volume(ndarray([1, 2, 3, 4], [2, 1, 1, 2]));
    expect(crop(channels, { start: [0, 0, 1], end: [1, 1, 2] }).array).toEqual(ndarray([2, 4], [2, 1, 1, 1]));
    expect(pad(channels, { after: [0, 0, 1] }).array).toEqual(ndarray([1, 2, 0, 3, 4, 0], [2, 1, 1, 3]));
  });

  it('meet in cropOrPad, around the centre', () => {
    const result = cropOrPad(turned, [3, 2, 5]);
    expect(result.array.shape).toEqual([3, 2, 5]);
    expect([...result.array.data.slice(10, 20)]).toEqual([0, 1, 2, 3, 0, 4, 5, 6, 7, 0]);
    expect(result.origin).toEqual(indexToWorld(turned, [0, 0, -1]));
  });

  it('refuse boxes and counts that make no sense', () => {
    expect(() => crop(turned, { start: [0, 0, 0], end: [1, 4, 4] })).toThrow(ArgumentError);
    expect(() => crop(turned, { start: [0, 2, 0], end: [1, 2, 4] })).toThrow('or is empty');
    expect(() => pad(turned, { before: [-1, 0, 0] })).toThrow(ArgumentError);
    expect(() => cropOrPad(turned, [0, 1, 1])).toThrow(ArgumentError);
  });
});

describe('orient', () => {
  it('names where the axes point', () => {
    expect(orientationOf(volume(zeros([1, 1, 1])))).toBe('LPS');
    expect(orientationOf(turned)).toBe('ALS');
  });

  it('turns axes without touching what already lies right', () => {
    const result = orient(turned);
    expect(result.array).toEqual(ndarray([3, 7, 11, 2, 6, 10, 1, 5, 9, 0, 4, 8], [1, 4, 3], 'int32'));
    expect(result.spacing).toEqual([1, 2, 3]);
    expect(orient(result)).toBe(result);
  });

  it.each(['LP', 'LRS', 'LPX', 'LPSI'])('refuses %s', (code) => {
    expect(() => orient(turned, code)).toThrow('is not an orientation');
  });

  it('keeps every voxel in its place, whatever the code', () => {
    const letters = fc.shuffledSubarray(['RL', 'AP', 'IS'], { minLength: 3 });
    const ends = fc.tuple(fc.nat(1), fc.nat(1), fc.nat(1));
    const index = fc.tuple(fc.nat(3), fc.nat(2), fc.nat(0));
    fc.assert(
      fc.property(letters, ends, index, (pairs, sides, [x, y, z]) => {
        const code = pairs.map((pair, axis) => pair[sides[axis]!]!).join('');
        const result = orient(turned, code);
        expect(orientationOf(result)).toBe(code);
        const place = worldToIndex(result, indexToWorld(turned, [x, y, z])).map(Math.round);
        const [, height, width] = result.array.shape as [number, number, number];
        expect(result.array.data[(place[2]! * height + place[1]!) * width + place[0]!]).toBe(y * 4 + x);
        expectClose([...orient(result, 'ALS').origin], [...turned.origin]);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe('connectedComponents', () => {
  const mask = ndarray([1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1], [3, 4], 'bool');

  it('numbers parts by their size', () => {
    const { labels, sizes } = connectedComponents(mask);
    expect([...labels.data]).toEqual([2, 0, 0, 1, 0, 3, 0, 1, 0, 0, 1, 1]);
    expect(sizes).toEqual([4, 1, 1]);
  });

  it('joins parts that touch at a corner', () => {
    expect(connectedComponents(mask, { connectivity: 'corners' }).sizes).toEqual([6]);
    expect(() => connectedComponents(zeros([1, 1, 1, 1]))).toThrow(ShapeError);
  });

  it('keeps the largest part with its values', () => {
    expect([...largestComponent(ndarray([5, 0, 2, 3], [4])).data]).toEqual([0, 0, 2, 3]);
    expect([...largestComponent(zeros([3])).data]).toEqual([0, 0, 0]);
  });
});
