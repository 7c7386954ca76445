import { expect, test } from 'vitest';
import { driftRow } from '../src/drift.js';

const stateOf = (ours: readonly number[], theirs: readonly number[]): string => driftRow('', ours, theirs).state;

test('a drift is measured in PyTorch’s, over all series', () => {
  expect(stateOf([0.05, 0.06, 0.07], [0.02, 0.03, 0.02])).toBe('passed');
  expect(stateOf([0.09, 0.09, 0.09], [0.02, 0.03, 0.02])).toBe('failed');
  expect(driftRow('', [2e-3, 2e-3, 2e-3], [1e-3, 1e-3, 1e-3]).measured).toBe("2.00e-3 = 2.00 × PyTorch's");
});

test('what is as small as rounding passes', () => {
  expect(stateOf([3e-7, 4e-7, 2e-7], [4e-8, 4e-8, 4e-8])).toBe('passed');
  expect(stateOf([2e-6, 2e-6, 2e-6], [4e-8, 4e-8, 4e-8])).toBe('failed');
});

test('one series of three may leave rounding by chance, not far, and not two', () => {
  const theirs = [5e-8, 5e-8, 5e-8];
  expect(stateOf([5e-8, 4e-8, 2e-5], theirs)).toBe('passed');
  expect(stateOf([5e-8, 2e-5, 2e-5], theirs)).toBe('failed');
  expect(stateOf([5e-8, 4e-8, 2e-3], theirs)).toBe('failed');
});

test('a drift that is no number fails', () => {
  expect(stateOf([NaN, 1e-8, 1e-8], [1e-8, 1e-8, 1e-8])).toBe('failed');
  expect(stateOf([1e-8, 1e-8, 1e-8], [NaN, NaN, NaN])).toBe('failed');
});
