import { expect, it } from 'vitest';
import { countRepeats } from '../src/countRepeats.js';

it.each([
  ['arrays', 9, 6],
  ['a Map', 1000, 6],
])('counts how often an index came before, in %s', (_, length, samples) => {
  const repeatOf = countRepeats(length, samples);
  expect([3, 8, 3, 3, 8, 0].map(repeatOf)).toEqual([0, 0, 1, 2, 1, 0]);
});
