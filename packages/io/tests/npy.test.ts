import { join } from 'node:path';
import { type DType, type NDArray, ndarray, NotFoundError, zeros } from '@delira/core';
import { expectClose, loadFixture } from '@delira/testkit';
import { temporaryFolder } from '@delira/testkit/vitest';
import fc from 'fast-check';
import { FormatError, loadNpy, readNpy, saveNpy, writeNpy } from '../src/index.js';
import { describe, expect, it } from 'vitest';

interface Recorded {
  readonly cases: readonly {
    readonly name: string;
    readonly fileBase64: string;
    readonly shape: readonly number[];
    readonly values: readonly number[];
  }[];
}
const recorded = loadFixture<Recorded>(import.meta.url, 'numpy');

/** The value of a float16 by its bits, for finite ones. */
function half(bits: number): number {
  const fraction = bits & 0x3ff;
  const exponent = (bits >> 10) & 31;
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits >= 0x8000 ? -size : size;
}

describe("NumPy's files", () => {
  it.each(recorded.cases)('are read: $name', ({ fileBase64, shape, values }) => {
    const array = readNpy(Buffer.from(fileBase64, 'base64'));
    expect(array.shape).toEqual(shape);
    expectClose(array.dtype === 'float16' ? Array.from(array.data, half) : array.data, values, { rtol: 0, atol: 0 });
  });

  it('keep the dtypes that there are, and take others when asked', () => {
    const dtypes = Object.fromEntries(
      recorded.cases.map(({ name, fileBase64 }) => [name, readNpy(Buffer.from(fileBase64, 'base64')).dtype]),
    );
    expect(dtypes).toMatchObject({ '<f4': 'float32', '>f8': 'float64', '|u1': 'uint8', '<i8': 'int32', '|b1': 'bool' });
    const integers = Buffer.from(recorded.cases.find(({ name }) => name === '<i8')!.fileBase64, 'base64');
    expect(readNpy(integers, { dtype: 'float32' })).toEqual(ndarray([0, 1, 2, 3, 4, 5], [2, 3]));
  });
});

describe('an array written and read again', () => {
  it.each([
    ndarray([1.5, -2, 0, Infinity], [2, 2]),
    ndarray([0.1, 2], [2], 'float64'),
    ndarray([-7], [], 'int32'),
    ndarray([0, 255], [1, 2, 1], 'uint8'),
    ndarray([1, 0], [2], 'bool'),
    ndarray(Uint16Array.of(15_360), [1], 'float16'),
    zeros([0, 3]),
  ] satisfies NDArray<DType>[])('is the same: $dtype $shape', async (array) => {
    const path = join(temporaryFolder(), 'array 1.npy');
    await saveNpy(path, array);
    expect(await loadNpy(path)).toEqual(array);
  });
});

describe('bytes that are no array', () => {
  const header = (text: string, data = 0): Uint8Array => {
    const bytes = new Uint8Array(10 + text.length + data);
    bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length]);
    bytes.set(new TextEncoder().encode(text), 10);
    return bytes;
  };
  const described = (descr: string, shape: string) =>
    header(`{'descr': ${descr}, 'fortran_order': False, 'shape': (${shape}), }`);

  it.each([
    ['nothing', new Uint8Array(0), 'not a .npy file'],
    ['text', new TextEncoder().encode('a,b,c\n1,2,3\n'), 'not a .npy file'],
    ['a later version', Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 9, 0, 0, 0]), 'version 9'],
    ['a header that is cut off', writeNpy(zeros([2])).subarray(0, 40), 'truncated or damaged'],
    ['missing values', writeNpy(zeros([2])).subarray(0, -1), 'has 8 bytes, this file 7'],
    ['surplus values', new Uint8Array([...writeNpy(zeros([2])), 0]), 'this file 9'],
    ['18 GB of zeros', described(`'<f4'`, '4500000000,'), 'has 18000000000 bytes, this file 0'],
    ['more than there are numbers', described(`'<f4'`, '99999999999, 99999999999'), 'beyond any file'],
    ['pickled objects', described(`'|O'`, '1,'), 'not supported'],
    ['records', described(`[('x', '<f4')]`, '1,'), 'not supported'],
    ['no dictionary', header('hello'), 'not one that NumPy writes'],
    ['a boolean of 2', new Uint8Array([...writeNpy(ndarray([1], [1], 'bool')).subarray(0, -1), 2]), 'neither 0 nor 1'],
    ['an integer beyond int32', bigInteger(), '4294967296, which does not fit into int32'],
  ])('are refused: %s', (_, bytes, message) => {
    expect(() => readNpy(bytes)).toThrow(FormatError);
    expect(() => readNpy(bytes)).toThrow(message);
  });

  it('are named', async () => {
    await expect(loadNpy(join(temporaryFolder(), 'x.npy'))).rejects.toThrow(NotFoundError);
  });

  it('give a value or a FormatError, whatever is changed in them', () => {
    const file = writeNpy(ndarray([1, 2, 3, 4, 5, 6], [2, 3], 'int32'));
    const change = fc.tuple(fc.nat(file.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(file.length), (changes, length) => {
        const bytes = file.slice();
        for (const [at, value] of changes) bytes[at] = value;
        try {
          readNpy(length % 4 === 0 ? bytes.subarray(0, length) : bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

function bigInteger(): Uint8Array {
  const bytes = Buffer.from(recorded.cases.find(({ name }) => name === '<i8')!.fileBase64, 'base64');
  bytes.writeBigInt64LE(2n ** 32n, bytes.length - 8);
  return bytes;
}
