import { ndarray } from '@delira/core';
import { FormatError, readIdx } from '../src/index.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const idx = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);

describe('readIdx', () => {
  it('reads unsigned bytes as a view', () => {
    const file = idx(0, 0, 0x08, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255);
    const array = readIdx(file);
    expect(array).toEqual(ndarray([1, 2, 3, 4, 5, 255], [2, 3], 'uint8'));
    expect(array.data.buffer).toBe(file.buffer);
  });

  it('reads a Node.js Buffer at any place in memory into a plain array', () => {
    const buffer = Buffer.from([9, 9, 9, 0, 0, 0x08, 1, 0, 0, 0, 2, 7, 8]).subarray(3);
    expect(readIdx(buffer)).toEqual(ndarray([7, 8], [2], 'uint8'));
  });

  it.each([
    ['signed bytes', idx(0, 0, 0x09, 1, 0, 0, 0, 2, 1, 255), ndarray([1, -1], [2], 'int32')],
    ['shorts', idx(0, 0, 0x0b, 1, 0, 0, 0, 1, 255, 254), ndarray([-2], [1], 'int32')],
    ['ints', idx(0, 0, 0x0c, 1, 0, 0, 0, 1, 0, 1, 0, 0), ndarray([65536], [1], 'int32')],
    ['floats', idx(0, 0, 0x0d, 1, 0, 0, 0, 1, 0x3f, 0xc0, 0, 0), ndarray([1.5], [1])],
    ['doubles', idx(0, 0, 0x0e, 1, 0, 0, 0, 1, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0), ndarray([1.5], [1], 'float64')],
    ['nothing', idx(0, 0, 0x08, 1, 0, 0, 0, 0), ndarray([], [0], 'uint8')],
  ])('reads %s', (_, file, expected) => {
    expect(readIdx(file)).toEqual(expected);
  });

  it.each([
    ['an empty file', idx(), 'not an idx file'],
    ['another format', idx(0x89, 0x50, 0x4e, 0x47), 'not an idx file'],
    ['an unknown type', idx(0, 0, 0x0a, 1, 0, 0, 0, 0), 'not an idx file'],
    ['a compressed file', idx(0x1f, 0x8b, 8, 0), 'Decompress it first'],
    ['a header that is cut off', idx(0, 0, 0x08, 2, 0, 0, 0, 1), '2 dimensions need 12 bytes, there are 8'],
    [
      'missing data',
      idx(0, 0, 0x08, 1, 0, 0, 0, 3, 1, 2),
      'An idx file of unsigned bytes [3] has 3 bytes after its header, this one 2',
    ],
    ['surplus data', idx(0, 0, 0x08, 1, 0, 0, 0, 1, 1, 2), 'this one 2'],
    ['sizes beyond all memory', idx(0, 0, 0x0e, 2, 255, 255, 255, 255, 255, 255, 255, 255, 1), 'truncated or damaged'],
  ])('refuses %s', (_, file, message) => {
    expect(() => readIdx(file)).toThrow(FormatError);
    expect(() => readIdx(file)).toThrow(message);
  });

  it('gives a value or a FormatError for any bytes', () => {
    const header = fc.tuple(
      fc.constantFrom(0, 0, 1),
      fc.constantFrom(0, 0, 1),
      fc.integer({ min: 7, max: 15 }),
      fc.nat(3),
    );
    const extents = fc.array(fc.constantFrom(0, 0, 0, 1, 2, 255), { maxLength: 24 });
    fc.assert(
      fc.property(header, extents, (start, rest) => {
        try {
          const { data, shape } = readIdx(idx(...start, ...rest));
          expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
