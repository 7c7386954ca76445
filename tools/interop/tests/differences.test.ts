import { ndarray } from '@delira/core';
import { expect, test } from 'vitest';
import { largestRelative, overBatches, relativeL2, worstEntry } from '../src/differences.js';

test('relative L2 is measured against the expected values', () => {
  expect(relativeL2([3, 4], [3, 4])).toBe(0);
  expect(relativeL2([3, 4.5], [3, 4])).toBeCloseTo(0.1, 12);
  expect(relativeL2([0, 0], [0, 0])).toBe(0);
});

test('a missing or non-finite value never passes for a small difference', () => {
  expect(relativeL2([1], [1, 2])).toBeNaN();
  expect(relativeL2([NaN], [1])).toBeNaN();
  expect(largestRelative([NaN, 2], [1, 2])).toBeNaN();
  expect(largestRelative([1], [1, 2])).toBeNaN();
});

test('the largest relative difference counts, wherever it is', () => {
  expect(largestRelative([1, 2.2, 3], [1, 2, 3])).toBeCloseTo(0.1, 12);
});

test('the entry that differs most is named, a missing one first', () => {
  const expected = new Map([
    ['a', ndarray([1, 0], [2])],
    ['b', ndarray([2], [1])],
  ]);
  const actual = new Map([
    ['a', ndarray([1, 0.25], [2])],
    ['b', ndarray([3], [1])],
  ]);
  expect(worstEntry(actual, expected)).toEqual({ name: 'b', difference: 0.5 });
  actual.delete('a');
  expect(worstEntry(actual, expected)).toEqual({ name: 'a', difference: NaN });
});

test('an entry counts by its best batch, and the largest difference of all is kept', () => {
  const at = (a: number, b: number) =>
    new Map([
      ['a', ndarray([a], [1])],
      ['b', ndarray([b], [1])],
    ]);
  const expected = [at(1, 1), at(1, 1)];
  expect(overBatches([at(1.5, 1.25), at(1, 1.125)], expected)).toEqual({ name: 'b', best: 0.125, largest: 0.5 });
  expect(overBatches([at(1, 1)], expected).largest).toBeNaN();
  expect(overBatches([], [])).toEqual({ name: '(none)', best: NaN, largest: 0 });
});

test('what is zero but for rounding is measured against all entries', () => {
  const expected = new Map([
    ['weight', ndarray([3, 4], [2])],
    ['bias', ndarray([1e-14], [1])],
  ]);
  const actual = new Map(expected).set('bias', ndarray([2e-8], [1]));
  expect(worstEntry(actual, expected)).toEqual({ name: 'bias', difference: expect.closeTo(4e-9, 12) as number });
  expect(overBatches([actual], [expected]).largest).toBeCloseTo(4e-9, 12);
  expect(worstEntry(new Map(expected).set('bias', ndarray([NaN], [1])), expected).difference).toBeNaN();
});
