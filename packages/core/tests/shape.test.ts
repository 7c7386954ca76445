import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  broadcastShapes,
  checkShape,
  formatShape,
  normalizeAxes,
  sameShape,
  type Shape,
  ShapeError,
  sizeOf,
  stridesOf,
} from '../src/index.js';

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

/** NumPy's rule from the end, by looking at one axis after the other. */
function broadcastOrNull(a: Shape, b: Shape): Shape | null {
  const result: number[] = [];
  for (let i = 1; i <= Math.max(a.length, b.length); i++) {
    const [left, right] = [a.at(-i) ?? 1, b.at(-i) ?? 1];
    if (i > a.length) result.unshift(right);
    else if (i > b.length) result.unshift(left);
    else if (left === right || right === 1) result.unshift(left);
    else if (left === 1) result.unshift(right);
    else return null;
  }
  return result;
}

describe('broadcastShapes', () => {
  it('follows NumPy', () => {
    expect(broadcastShapes([2, 3, 4], [3, 1])).toEqual([2, 3, 4]);
    expect(broadcastShapes([3, 1], [1, 4])).toEqual([3, 4]);
    expect(broadcastShapes([], [2])).toEqual([2]);
    expect(broadcastShapes([1], [0])).toEqual([0]);
    expect(() => broadcastShapes([2, 3], [2, 4])).toThrow('axis 1 has 3 and 4');
  });

  it('equals the rule for any shapes', () => {
    fc.assert(
      fc.property(shapes, shapes, (a, b) => {
        const expected = broadcastOrNull(a, b);
        if (expected === null) expect(() => broadcastShapes(a, b)).toThrow(ShapeError);
        else expect(broadcastShapes(a, b)).toEqual(expected);
      }),
      { seed: 1 },
    );
  });

  it('is symmetric and idempotent', () => {
    fc.assert(
      fc.property(shapes, shapes, (a, b) => {
        fc.pre(broadcastOrNull(a, b) !== null);
        const joined = broadcastShapes(a, b);
        expect(broadcastShapes(b, a)).toEqual(joined);
        expect(broadcastShapes(joined, a)).toEqual(joined);
      }),
      { seed: 2 },
    );
  });
});

describe('shapes', () => {
  it('have sizes and strides', () => {
    expect(sizeOf([])).toBe(1);
    expect(sizeOf([2, 0, 3])).toBe(0);
    expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
    expect(stridesOf([])).toEqual([]);
  });

  it('number their elements in row-major order', () => {
    const extents = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(extents, (shape) => {
        const last = shape.map((extent) => extent - 1);
        const strides = stridesOf(shape);
        expect(last.reduce((sum, index, axis) => sum + index * strides[axis]!, 0)).toBe(sizeOf(shape) - 1);
      }),
      { seed: 3 },
    );
  });

  it('compare and print', () => {
    expect(sameShape([2, 3], [2, 3])).toBe(true);
    expect(sameShape([2, 3], [2])).toBe(false);
    expect(sameShape([2], [3])).toBe(false);
    expect(formatShape([2, null, 3])).toBe('[2, ?, 3]');
  });

  it('are checked', () => {
    checkShape([0, 5]);
    for (const shape of [[-1], [1.5], [NaN], [2 ** 53]]) expect(() => checkShape(shape)).toThrow('is not a shape');
  });
});

describe('normalizeAxes', () => {
  it('counts negative axes from the end, sorts and makes them unique', () => {
    expect(normalizeAxes([-1, 0, 2], 3)).toEqual([0, 2]);
    expect(normalizeAxes([], 3)).toEqual([]);
  });

  it.each([3, -4, 0.5, NaN])('refuses axis %d of three', (axis) => {
    expect(() => normalizeAxes([axis], 3)).toThrow('Expected an integer from -3 to 2.');
  });
});
