import type { DType } from '@delira/core';

/** The dtype of tfjs that holds one of ours: it has no uint8. */
export function heldAs(dtype: DType): 'float32' | 'int32' | 'bool' {
  if (dtype === 'int32' || dtype === 'uint8') return 'int32';
  return dtype === 'bool' ? 'bool' : 'float32';
}
