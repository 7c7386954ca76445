import type { DataOf, DType } from '@delira/core';
import { type Extents, stepsOf, type WarpRow } from './WarpPlan.js';

/**
 * Fills one row of one channel, which begins at `from` in the source; the row begins at `to` in the target. Plain parameters: an object for each
 * row would keep the garbage collector busy.
 */
export type SampleRow<Source, Target> = (
  source: Source,
  from: number,
  target: Target,
  to: number,
  fill: number,
  row: WarpRow,
) => void;

/** Linear along every axis; the depth of 2D images costs nothing. */
export function sampleLinear(extents: Extents): SampleRow<Float32Array, Float32Array> {
  const [stepDeep, stepDown, stepAcross] = stepsOf(extents);
  return (source, from, target, to, fill, row) => {
    linearRow(source, from, target, to, fill, row, stepDeep, stepDown, stepAcross);
  };
}

function linearRow(
  source: Float32Array,
  from: number,
  target: Float32Array,
  to: number,
  fill: number,
  row: WarpRow,
  stepDeep: number,
  stepDown: number,
  stepAcross: number,
): void {
  const { lower } = row;
  const [deep, down, across] = row.shares;
  for (let i = 0; i < lower.length; i++) {
    if (lower[i]! < 0) {
      target[to + i] = fill;
      continue;
    }
    const at = from + lower[i]!;
    const x = across[i]!;
    const y = down[i]!;
    let a = source[at]!;
    a += (source[at + stepAcross]! - a) * x;
    let b = source[at + stepDown]!;
    b += (source[at + stepDown + stepAcross]! - b) * x;
    a += (b - a) * y;
    if (stepDeep > 0) {
      const behind = at + stepDeep;
      let c = source[behind]!;
      c += (source[behind + stepAcross]! - c) * x;
      let d = source[behind + stepDown]!;
      d += (source[behind + stepDown + stepAcross]! - d) * x;
      c += (d - c) * y;
      a += (c - a) * deep[i]!;
    }
    target[to + i] = a;
  }
}

export const sampleNearest: SampleRow<DataOf[DType], DataOf[DType]> = (source, from, target, to, fill, { nearest }) => {
  for (let i = 0; i < nearest.length; i++) target[to + i] = nearest[i]! < 0 ? fill : source[from + nearest[i]!]!;
};
