import type { DType } from '@delira/core';

/** How the numbers of a file are stored. */
export type NumberType =
  'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'uint64' | 'float32' | 'float64';

const numberTypes: Readonly<Record<NumberType, { readonly bytes: number; readonly dtype: DType }>> = {
  int8: { bytes: 1, dtype: 'int32' },
  uint8: { bytes: 1, dtype: 'uint8' },
  int16: { bytes: 2, dtype: 'int32' },
  uint16: { bytes: 2, dtype: 'int32' },
  int32: { bytes: 4, dtype: 'int32' },
  uint32: { bytes: 4, dtype: 'int32' },
  int64: { bytes: 8, dtype: 'int32' },
  uint64: { bytes: 8, dtype: 'int32' },
  float32: { bytes: 4, dtype: 'float32' },
  float64: { bytes: 8, dtype: 'float64' },
};

export function bytesOf(type: NumberType): number {
  return numberTypes[type].bytes;
}

/** The dtype a stored type is read as: floats and bytes as they are, other integers as int32. */
export function nativeDType(type: NumberType): DType {
  return numberTypes[type].dtype;
}

export function isNumberType(name: string): name is NumberType {
  return Object.hasOwn(numberTypes, name);
}
