import { allocate, type Aval, type DType, isFloating, type NDArray, type Shape } from '@delira/core';
import { halfToNumber } from './halfToNumber.js';

/** What the interpreter computes with: float64 for every floating dtype, int32, and bytes for uint8 and bool. Never changed once made. */
export type Numbers = Float64Array | Int32Array | Uint8Array;

export interface Value {
  readonly shape: Shape;
  readonly data: Numbers;
}

/** The dtype a value of the Program's dtype is stored in. */
export function storedDType(dtype: DType): DType {
  return isFloating(dtype) ? 'float64' : dtype;
}

/** Zero-filled storage for a value of the Program. */
export function emptyData({ dtype }: Pick<Aval, 'dtype'>, size: number): Numbers {
  return allocate(storedDType(dtype), size) as Numbers;
}

/** Elements widened into memory of their own, so that the caller may reuse his. */
export function widen({ dtype, data }: NDArray): Numbers {
  if (dtype === 'float16') return Float64Array.from(data, halfToNumber);
  return isFloating(dtype) ? Float64Array.from(data as Float32Array) : (data.slice() as Int32Array | Uint8Array);
}
