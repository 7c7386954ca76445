import type { DataOf, DType } from '@delira/core';
import { type Extents, stepsOf, type WarpRow } from './WarpPlan.js';

/** One channel of one entry. */
export interface Channel<Source, Target = Source> {
  readonly source: Source;
  /** Where the channel begins in the source. */
  readonly from: number;
  readonly target: Target;
  /** Where the row begins in the target. */
  readonly to: number;
  readonly fill: number;
}

/** Fills one row of one channel. */
export type SampleRow<Source> = (channel: Channel<Source, Float32Array>, row: WarpRow) => void;

/** Linear along every axis; the depth of 2D images costs nothing. */
export function sampleLinear(source: Extents): SampleRow<Float32Array> {
  const steps = stepsOf(source);
  return (channel, row) => linearRow(channel, row, steps);
}

function linearRow(
  { source, from, target, to, fill }: Channel<Float32Array>,
  { lower, shares: [deep, down, across] }: WarpRow,
  [stepDeep, stepDown, stepAcross]: readonly [number, number, number],
): void {
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

export function sampleNearest({ source, from, target, to, fill }: Channel<DataOf[DType]>, { nearest }: WarpRow): void {
  for (let i = 0; i < nearest.length; i++) target[to + i] = nearest[i]! < 0 ? fill : source[from + nearest[i]!]!;
}
