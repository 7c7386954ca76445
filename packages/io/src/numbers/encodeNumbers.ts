import { ArgumentError, type DType, DTypeError, type NDArray } from '@delira/core';
import type { NumberType } from './NumberType.js';

/** Integer types that arrays can be stored in, with what they hold. */
const integers = {
  int8: { make: (length: number) => new Int8Array(length), lowest: -128, highest: 127 },
  uint8: { make: (length: number) => new Uint8Array(length), lowest: 0, highest: 255 },
  int16: { make: (length: number) => new Int16Array(length), lowest: -32_768, highest: 32_767 },
  uint16: { make: (length: number) => new Uint16Array(length), lowest: 0, highest: 65_535 },
  int32: { make: (length: number) => new Int32Array(length), lowest: -2_147_483_648, highest: 2_147_483_647 },
  uint32: { make: (length: number) => new Uint32Array(length), lowest: 0, highest: 4_294_967_295 },
} as const;

/** What an array can be stored as. */
export type StoredType = keyof typeof integers | 'float32' | 'float64';

const natural: Readonly<Partial<Record<DType, StoredType>>> = {
  float32: 'float32',
  float64: 'float64',
  int32: 'int32',
  uint8: 'uint8',
  bool: 'uint8',
};

/** The type an array is stored as when none is named. @throws DTypeError for float16. */
export function naturalType(dtype: DType): StoredType {
  const type = natural[dtype];
  if (type === undefined) throw new DTypeError(`${dtype} cannot be written to this format. Cast it to float32.`);
  return type;
}

/**
 * An array's values in another type, little-endian; the array's own bytes where it has that type.
 *
 * @throws ArgumentError when a value does not fit: nothing is rounded or clamped in silence.
 */
export function encodeNumbers(array: NDArray, type: StoredType): Uint8Array {
  const { data } = array;
  if (naturalType(array.dtype) === type) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (type === 'float32' || type === 'float64') {
    const floats = type === 'float32' ? Float32Array.from(data) : Float64Array.from(data);
    return new Uint8Array(floats.buffer);
  }
  const { make, lowest, highest } = integers[type];
  const stored = make(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (!(value >= lowest && value <= highest) || !Number.isInteger(value))
      throw new ArgumentError(
        `${value} does not fit into ${type satisfies NumberType}. Round or scale the array, or choose another type.`,
      );
    stored[i] = value;
  }
  return new Uint8Array(stored.buffer);
}
