import { DTypeError } from '../errors/index.js';

/** The typed array that holds each dtype. float16 is kept as its raw bits, bool as 0 and 1. */
export interface DataOf {
  float32: Float32Array;
  float64: Float64Array;
  float16: Uint16Array;
  int32: Int32Array;
  uint8: Uint8Array;
  bool: Uint8Array;
}

export type DType = keyof DataOf;

const constructors = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

export const dtypes = Object.keys(constructors) as readonly DType[];

export function isDType(value: unknown): value is DType {
  return typeof value === 'string' && Object.hasOwn(constructors, value);
}

/** @throws DTypeError when the name is not a dtype. */
export function asDType(value: unknown): DType {
  if (!isDType(value)) throw new DTypeError(`"${String(value)}" is not a dtype. Use one of ${dtypes.join(', ')}.`);
  return value;
}

/** A zero-filled typed array for `length` elements. */
export function allocate<D extends DType>(dtype: D, length: number): DataOf[D] {
  return new constructors[dtype](length) as DataOf[D];
}

/** A typed view of bytes somebody else owns; `byteOffset` must be a multiple of the element size. */
export function viewBytes<D extends DType>(
  dtype: D,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): DataOf[D] {
  return new constructors[dtype](buffer as ArrayBuffer, byteOffset, length) as DataOf[D];
}

export function bytesPerElement(dtype: DType): number {
  return constructors[dtype].BYTES_PER_ELEMENT;
}

export function isFloating(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64' || dtype === 'float16';
}
