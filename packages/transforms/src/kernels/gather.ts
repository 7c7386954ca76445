import { allocate, type NDArray, sizeOf } from '@delira/core';
import { identityTable } from './axisTables.js';

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
  const leading = array.shape.slice(0, array.shape.length - tables.length);
  const [height, width] = array.shape.slice(-2) as [number, number];
  const depth = tables.length === 3 ? array.shape.at(-3)! : 1;
  const mirrored = isMirror(tables.at(-1)!, width);
  // To read rows backwards takes five times as long as to turn all of the result around, which turns the other axes as well.
  const [slices, rows, columns] = mirrored
    ? [sliceTable(tables).toReversed(), tables.at(-2)!.toReversed(), identityTable(width)]
    : [sliceTable(tables), tables.at(-2)!, tables.at(-1)!];
  const channels = sizeOf(leading);
  const rowLength = columns.length;
  const length = slices.length * rows.length * rowLength;
  const target = allocate(array.dtype, channels * length);
  const source = array.data;
  if (fill !== 0) target.fill(fill);
  const run = findRun(columns);
  const whole = run?.length === width && rowLength === width;
  for (let channel = 0; channel < channels; channel++) {
    for (let z = 0; z < slices.length; z++) {
      if (slices[z]! < 0) continue;
      const plane = (channel * depth + slices[z]!) * height;
      const first = (channel * slices.length + z) * rows.length;
      for (let y = 0; y < rows.length; y++) {
        if (rows[y]! < 0) continue;
        const from = (plane + rows[y]!) * width;
        const to = (first + y) * rowLength;
        if (whole) {
          // Rows that follow each other are copied as one.
          const begin = y;
          while (y + 1 < rows.length && rows[y + 1] === rows[y]! + 1) y++;
          target.set(source.subarray(from, from + (y + 1 - begin) * width), to);
        } else if (run !== null)
          target.set(source.subarray(from + run.from, from + run.from + run.length), to + run.to);
        else
          for (let i = 0; i < rowLength; i++) {
            const column = columns[i]!;
            if (column >= 0) target[to + i] = source[from + column]!;
          }
      }
    }
    if (mirrored) target.subarray(channel * length, (channel + 1) * length).reverse();
  }
  const shape = [...leading, ...tables.map((table) => table.length)];
  return { dtype: array.dtype, shape, data: target };
}

function sliceTable(tables: readonly AxisTable[]): AxisTable {
  return tables.length === 3 ? tables[0]! : Int32Array.of(0);
}

function isMirror(columns: AxisTable, width: number): boolean {
  return columns.length === width && columns.every((column, i) => column === width - 1 - i);
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
