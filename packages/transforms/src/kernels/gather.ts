import { allocate, type DataOf, type DType, type NDArray, sizeOf } from '@delira/core';

/** For each new index along an axis the old one, or -1 for what lies outside. */
export type AxisTable = Int32Array;

/**
 * Rearranges the last axes of an array, each by its own table: crops, pads, mirrors and nearest-neighbour resizing are all this. The dtype
 * stays.
 *
 * @param tables one for each of the last two or three axes.
 * @param fill the value of what lies outside.
 */
export function gather(array: NDArray, tables: readonly AxisTable[], fill: number): NDArray {
  const [rows, columns] = tables.slice(-2) as [AxisTable, AxisTable];
  const slices = tables.length === 3 ? tables[0]! : Int32Array.of(0);
  const leading = array.shape.slice(0, array.shape.length - tables.length);
  const [height, width] = array.shape.slice(-2) as [number, number];
  const depth = tables.length === 3 ? array.shape.at(-3)! : 1;
  const channels = sizeOf(leading);
  const rowLength = columns.length;
  const target = allocate(array.dtype, channels * slices.length * rows.length * rowLength);
  const source = array.data;
  if (fill !== 0) target.fill(fill);
  const run = findRun(columns);
  const reversed = columns.length === width && columns.every((column, i) => column === width - 1 - i);
  let to = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (const slice of slices) {
      if (slice < 0) {
        to += rows.length * rowLength;
        continue;
      }
      const plane = (channel * depth + slice) * height;
      for (const row of rows) {
        if (row >= 0) {
          const from = (plane + row) * width;
          if (run !== null) target.set(source.subarray(from + run.from, from + run.from + run.length), to + run.to);
          else if (reversed) copyReversed(source, from, target, to, rowLength);
          else
            for (let i = 0; i < rowLength; i++) {
              const column = columns[i]!;
              if (column >= 0) target[to + i] = source[from + column]!;
            }
        }
        to += rowLength;
      }
    }
  }
  const shape = [...leading, ...tables.map((table) => table.length)];
  return { dtype: array.dtype, shape, data: target };
}

function copyReversed(source: DataOf[DType], from: number, target: DataOf[DType], to: number, length: number): void {
  const last = from + length - 1;
  for (let i = 0; i < length; i++) target[to + i] = source[last - i]!;
}

interface Run {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/** Where a table is one run of neighbours with nothing but the outside around it, rows can be copied whole. */
function findRun(table: AxisTable): Run | null {
  const to = table.findIndex((index) => index >= 0);
  if (to < 0) return { from: 0, to: 0, length: 0 };
  const from = table[to]!;
  let length = 1;
  while (to + length < table.length && table[to + length] === from + length) length++;
  for (let i = to + length; i < table.length; i++) if (table[i]! >= 0) return null;
  return { from, to, length };
}
