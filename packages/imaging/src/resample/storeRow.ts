import type { DType } from '@delira/core';
import type { Values } from './RowSampler.js';

const ranges: Readonly<Partial<Record<DType, readonly [lowest: number, highest: number]>>> = {
  uint8: [0, 255],
  int32: [-2147483648, 2147483647],
};

/**
 * Writes computed values in an array's own type. Integers are clamped and truncated towards zero, as ITK does; a boolean is true from one
 * half on.
 */
export function storeRow(row: Float64Array, dtype: DType, target: Values, offset: number): void {
  if (dtype === 'bool') {
    for (let i = 0; i < row.length; i++) target[offset + i] = row[i]! >= 0.5 ? 1 : 0;
    return;
  }
  const range = ranges[dtype];
  if (range === undefined) {
    target.set(row, offset);
    return;
  }
  const [lowest, highest] = range;
  // Assigning to an integer array truncates.
  for (let i = 0; i < row.length; i++) target[offset + i] = Math.min(highest, Math.max(lowest, row[i]!));
}
