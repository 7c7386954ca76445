import { expect, test } from 'vitest';
import { atMost } from '../src/Check.js';
import { formatTable } from '../src/formatTable.js';

test('a number at its limit passes; above it, or not a number, fails', () => {
  expect([1e-5, 1.1e-5, NaN].map((measured) => atMost('loss', measured, 1e-5).state)).toEqual([
    'passed',
    'failed',
    'failed',
  ]);
});

test('columns line up and further lines of a cell follow below', () => {
  expect(
    formatTable(
      ['', 'subject', 'measured'],
      [
        ['failed', 'loss', 'a\nb'],
        ['passed', 'gradient', 'c'],
      ],
    ),
  ).toBe('        subject   measured\nfailed  loss      a\n    b\npassed  gradient  c');
});
