import { type Shape, sizeOf } from '@delira/core';

/** Fewest values worth cutting into rows. */
const SMALLEST = 2 ** 19;
/** Values of a row: the intermediate results of a chain of operators stay in the cache. */
const LONGEST_ROW = 2 ** 18;
const SHORTEST_ROW = 2 ** 15;

/** Rows, and values of each, in which a large variable is held; null for one that is small or divides badly. */
export function tileRows(shape: Shape): readonly [rows: number, length: number] | null {
  const size = sizeOf(shape);
  if (size < SMALLEST) return null;
  for (let rows = Math.ceil(size / LONGEST_ROW); size / rows >= SHORTEST_ROW; rows++)
    if (size % rows === 0) return [rows, size / rows];
  return null;
}
