import { describe, expect, it } from 'vitest';
import {
  asDType,
  bytesPerElement,
  castArray,
  dtypes,
  full,
  isDType,
  isFloating,
  ndarray,
  scalar,
  sliceRows,
  stackArrays,
  viewBytes,
  zeros,
} from '../src/index.js';

describe('ndarray', () => {
  it('copies numbers and wraps typed arrays', () => {
    const numbers = [1, 2, 3, 4];
    const copied = ndarray(numbers, [2, 2]);
    expect(copied).toEqual({ dtype: 'float32', shape: [2, 2], data: new Float32Array(numbers) });
    const data = new Int32Array(numbers);
    expect(ndarray(data, [4], 'int32').data).toBe(data);
  });

  it('refuses values that do not fill the shape', () => {
    expect(() => ndarray([1, 2, 3], [2, 2])).toThrow('3 values do not fill the shape [2, 2], which holds 4.');
    expect(() => ndarray([], [-1])).toThrow('[-1] is not a shape');
  });

  it('refuses a typed array of another dtype', () => {
    expect(() => ndarray(new Int32Array(2) as never, [2], 'float32')).toThrow('A Int32Array does not hold float32');
  });

  it('crosses a structured clone unchanged', () => {
    const array = ndarray([1.5, -2], [2], 'float64');
    expect(structuredClone(array)).toEqual(array);
  });

  it('fills', () => {
    expect(zeros([2], 'int32')).toEqual(ndarray([0, 0], [2], 'int32'));
    expect(full([2], 1.5)).toEqual(ndarray([1.5, 1.5], [2]));
    expect(scalar(7, 'uint8')).toEqual(ndarray([7], [], 'uint8'));
    expect(zeros([2, 0, 3]).data).toHaveLength(0);
  });
});

describe('castArray', () => {
  it('truncates floats towards zero and keeps truth', () => {
    expect(castArray(ndarray([-1.9, 1.9, 0.5], [3]), 'int32')).toEqual(ndarray([-1, 1, 0], [3], 'int32'));
    expect(castArray(ndarray([0, -0, 0.1, NaN, 256], [5]), 'bool')).toEqual(ndarray([0, 0, 1, 1, 1], [5], 'bool'));
    expect(castArray(ndarray([0, 255], [2], 'uint8'), 'float64')).toEqual(ndarray([0, 255], [2], 'float64'));
  });

  it('gives the same object where nothing changes', () => {
    const array = ndarray([1], [1]);
    expect(castArray(array, 'float32')).toBe(array);
  });

  it('refuses float16, whose bits are no numbers', () => {
    expect(() => castArray(zeros([1], 'float16'), 'float32')).toThrow('Cannot cast float16 to float32 on the host');
    expect(() => castArray(zeros([1]), 'float16')).toThrow('Cannot cast float32 to float16');
  });
});

describe('stackArrays', () => {
  it('joins along a new leading axis', () => {
    expect(stackArrays([ndarray([1, 2], [2]), ndarray([3, 4], [2])])).toEqual(ndarray([1, 2, 3, 4], [2, 2]));
    expect(stackArrays([scalar(3, 'int32'), scalar(5, 'int32')])).toEqual(ndarray([3, 5], [2], 'int32'));
  });

  it('names the first array that differs', () => {
    const a = zeros([2]);
    expect(() => stackArrays([])).toThrow('Cannot stack zero arrays');
    expect(() => stackArrays([a, a, zeros([3])])).toThrow('array 0 has shape [2], array 2 has [3]');
    expect(() => stackArrays([a, zeros([2], 'int32')])).toThrow('array 0 is float32, array 1 is int32');
  });
});

describe('sliceRows', () => {
  const array = ndarray([1, 2, 3, 4, 5, 6], [3, 2]);

  it('views rows without a copy', () => {
    const rows = sliceRows(array, 1, 3);
    expect(rows).toEqual(ndarray([3, 4, 5, 6], [2, 2]));
    expect(rows.data.buffer).toBe(array.data.buffer);
  });

  it('ends where the array ends', () => {
    expect(sliceRows(array, 2, 10)).toEqual(ndarray([5, 6], [1, 2]));
    expect(sliceRows(array, 3, 4).shape).toEqual([0, 2]);
    expect(() => sliceRows(scalar(1), 0, 1)).toThrow('Cannot take rows of a scalar');
  });
});

describe('dtypes', () => {
  it('know their names, sizes and kinds', () => {
    expect(Object.fromEntries(dtypes.map((dtype) => [dtype, [bytesPerElement(dtype), isFloating(dtype)]]))).toEqual({
      float32: [4, true],
      float64: [8, true],
      float16: [2, true],
      int32: [4, false],
      uint8: [1, false],
      bool: [1, false],
    });
  });

  it('are checked', () => {
    expect(asDType('int32')).toBe('int32');
    expect(isDType('toString')).toBe(false);
    expect(() => asDType('int64')).toThrow(
      '"int64" is not a dtype. Use one of float32, float64, float16, int32, uint8, bool.',
    );
  });

  it('view bytes somebody else owns', () => {
    const bytes = new Uint8Array([0, 0, 0, 0, 0, 0, 0x80, 0x3f]);
    expect([...viewBytes('float32', bytes.buffer, 4, 1)]).toEqual([1]);
  });
});
