import { allocate, type DataOf, type DType, type NDArray, type Shape } from '@delira/core';
import { FormatError } from '../errors.js';
import { bytesOf, nativeDType, type NumberType } from './NumberType.js';

export interface DecodeOptions {
  readonly littleEndian: boolean;
  /** Whether the bytes may be changed. */
  readonly owned: boolean;
  readonly shape: Shape;
  readonly scaling: { readonly slope: number; readonly intercept: number } | null;
  readonly dtype?: DType;
}

const views = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
} satisfies Record<NumberType, unknown>;

/**
 * The array that stored numbers make: a view of the bytes where type, byte order and alignment allow, else a copy.
 *
 * @throws FormatError when an integer does not fit the dtype.
 */
export function decodeNumbers(bytes: Uint8Array, type: NumberType, options: DecodeOptions): NDArray {
  const { shape, scaling } = options;
  const dtype = options.dtype ?? (scaling === null ? nativeDType(type) : scaledDType(type));
  const stored = viewOf(bytes, type, options);
  if (scaling !== null) return { dtype, shape, data: scale(stored, dtype, scaling) };
  if (dtype === type) return { dtype, shape, data: stored as DataOf[DType] };
  return { dtype, shape, data: convert(stored, type, dtype) };
}

type Stored = InstanceType<(typeof views)[NumberType]>;

function viewOf(bytes: Uint8Array, type: NumberType, { littleEndian, owned }: DecodeOptions): Stored {
  const size = bytesOf(type);
  const swap = !littleEndian && size > 1;
  // Not slice, which does not copy a Buffer.
  const own = (swap && !owned) || bytes.byteOffset % size !== 0 ? new Uint8Array(bytes) : bytes;
  if (swap) {
    const buffer = Buffer.from(own.buffer, own.byteOffset, own.length);
    if (size === 2) buffer.swap16();
    else if (size === 4) buffer.swap32();
    else buffer.swap64();
  }
  return new views[type](own.buffer as ArrayBuffer, own.byteOffset, own.length / size);
}

function scaledDType(type: NumberType): DType {
  return bytesOf(type) <= 2 || type === 'float32' ? 'float32' : 'float64';
}

function scale(
  stored: Stored,
  dtype: DType,
  { slope, intercept }: { readonly slope: number; readonly intercept: number },
): DataOf[DType] {
  const data = allocate(dtype, stored.length);
  if (stored instanceof BigInt64Array || stored instanceof BigUint64Array) {
    for (let i = 0; i < data.length; i++) data[i] = Number(stored[i]!) * slope + intercept;
  } else {
    for (let i = 0; i < data.length; i++) data[i] = stored[i]! * slope + intercept;
  }
  return data;
}

const ranges: Readonly<Partial<Record<DType, readonly [lowest: number, highest: number]>>> = {
  uint8: [0, 255],
  int32: [-2147483648, 2147483647],
};

function convert(stored: Stored, type: NumberType, dtype: DType): DataOf[DType] {
  const data = allocate(dtype, stored.length);
  const range = ranges[dtype];
  if (stored instanceof BigInt64Array || stored instanceof BigUint64Array) {
    for (let i = 0; i < data.length; i++) {
      const value = Number(stored[i]!);
      if (range !== undefined && (value < range[0] || value > range[1])) throw outside(stored[i]!, type, dtype);
      data[i] = value;
    }
    return data;
  }
  if (range !== undefined && !fitsAlways(type, dtype)) {
    const wrong = (stored as Float64Array).findIndex((value) => !(value > range[0] - 1 && value < range[1] + 1));
    if (wrong >= 0) throw outside(stored[wrong]!, type, dtype);
  }
  data.set(stored);
  return data;
}

function fitsAlways(type: NumberType, dtype: DType): boolean {
  return type === dtype || (dtype === 'int32' && bytesOf(type) <= 2);
}

function outside(value: number | bigint, type: NumberType, dtype: DType): FormatError {
  return new FormatError(
    `It holds the ${type} ${value}, which does not fit into ${dtype}. Read it with the dtype 'float64' or 'float32'.`,
  );
}
