import { expect, test } from 'vitest';
import { mean, median, rounded } from '../src/statistics.js';

test('the median is the middle value, or the mean of the two in the middle', () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([7])).toBe(7);
  expect(median([])).toBeNaN();
});

test('mean and rounding', () => {
  expect(mean([1, 2, 6])).toBe(3);
  expect(rounded(1.23456)).toBe(1.235);
  expect(rounded(1.25, 0)).toBe(1);
});
