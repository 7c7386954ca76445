import { ndarray } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { expectClose, expectEqual } from '../src/index.js';

describe('expectClose', () => {
  it('accepts equal numbers, NaN and infinities included', () => {
    expectClose([1, NaN, Infinity, -Infinity, -0], [1, NaN, Infinity, -Infinity, 0], { rtol: 0, atol: 0 });
  });

  it('shows the worst element', () => {
    const actual = ndarray([1, 2, 3, 5], [2, 2]);
    const expected = ndarray([1, 2.1, 3, 4], [2, 2]);
    expect(() => {
      expectClose(actual, expected, { rtol: 1e-3, atol: 0 }, 'weights');
    }).toThrow(
      'weights: 2 of 4 elements differ by more than rtol 0.001 (of the element), atol 0. The worst is element [1, 1]: 5, expected 4',
    );
  });

  it('counts a number beside NaN or an infinity as a failure', () => {
    for (const [a, e] of [
      [1, NaN],
      [NaN, 1],
      [1, Infinity],
      [-Infinity, Infinity],
    ] as const) {
      expect(() => {
        expectClose(a, e, { rtol: 1, atol: 1e9 });
      }).toThrow('1 of 1 elements differ');
    }
  });

  it('measures against the largest element where asked', () => {
    const tolerance = { rtol: 1e-3, atol: 0 };
    expectClose([1000, 0.5], [1000, 0], { ...tolerance, relativeTo: 'array' });
    expect(() => {
      expectClose([1000, 0.5], [1000, 0], tolerance);
    }).toThrow('[1]: 0.5, expected 0');
    expect(() => {
      expectClose([1000, 1.5], [1000, 0], { ...tolerance, relativeTo: 'array' });
    }).toThrow('[1]: 1.5, expected 0');
  });

  it('refuses other shapes and lengths', () => {
    expect(() => {
      expectClose(ndarray([1, 2], [2]), ndarray([1, 2], [1, 2]));
    }).toThrow('values: expected the shape [1, 2], got [2].');
    expect(() => {
      expectClose([1], [1, 2]);
    }).toThrow('expected 2 elements, got 1');
  });
});

describe('expectEqual', () => {
  it('tells the two zeros apart and takes NaN for itself', () => {
    expectEqual(ndarray([NaN, 1], [2]), ndarray([NaN, 1], [2]));
    expect(() => {
      expectEqual(ndarray([-0], [1]), ndarray([0], [1]), 'y');
    }).toThrow('y: element 0 of 1 is 0, expected 0.');
  });

  it('compares dtypes and shapes', () => {
    expect(() => {
      expectEqual(ndarray([1], [1], 'int32'), ndarray([1], [1]));
    }).toThrow('expected float32[1], got int32[1]');
    expect(() => {
      expectEqual(ndarray([1], []), ndarray([1], [1]));
    }).toThrow('expected float32[1], got float32[]');
  });
});
