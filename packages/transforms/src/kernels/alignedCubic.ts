import { paddedExtents } from './cubic.js';
import type { AxisTable } from './gather.js';
import type { Extents, WarpOptions } from './WarpPlan.js';

/** Where the new voxels of one axis lie among the old ones. Those outside have `lower` and `nearest` -1. */
export interface AxisPlan {
  /** The neighbour before. */
  readonly lower: AxisTable;
  readonly nearest: AxisTable;
  /** Four for each new voxel: of the coefficients from the one before `lower` on. */
  readonly weights: Float64Array;
}

export type AlignedPlan = readonly [deep: AxisPlan, down: AxisPlan, across: AxisPlan];

/** The same for every row where nothing is rotated or deformed: an axis at a time. Otherwise `null`. */
export function planAligned(options: WarpOptions): AlignedPlan | null {
  const { source, target, matrix, centre, controlGrid, border } = options;
  if (controlGrid !== null || matrix.some((value, index) => index % 4 !== 0 && value !== 0)) return null;
  const plan = source.map((count, axis) => {
    const step = matrix[4 * axis]!;
    const middle = (target[axis]! - 1) / 2;
    const start = centre[axis]! - step * middle;
    // Rounded as `planWarp` does, which begins a row at its start and a column in the middle.
    const placeOf = (index: number): number =>
      axis === 2 ? start + step * index : centre[axis]! + step * (index - middle);
    return planAxis(count, target[axis]!, placeOf, border === 'edge');
  });
  return plan as unknown as AlignedPlan;
}

function planAxis(count: number, newCount: number, placeOf: (index: number) => number, keepAll: boolean): AxisPlan {
  const lower = new Int32Array(newCount).fill(-1);
  const nearest = lower.slice();
  const weights = new Float64Array(4 * newCount);
  for (let i = 0; i < newCount; i++) {
    const place = placeOf(i);
    if (!keepAll && !(place >= -0.5 && place < count - 0.5)) continue;
    const inside = Math.min(Math.max(place, 0), count - 1);
    lower[i] = Math.min(Math.floor(inside), Math.max(0, count - 2));
    nearest[i] = Math.floor(inside + 0.5);
    const share = inside - lower[i]!;
    weights.set([outer(1 - share), inner(share), inner(1 - share), outer(share)], 4 * i);
  }
  return { lower, nearest, weights };
}

const outer = (distance: number): number => distance * distance * distance * (1 / 6);

const inner = (distance: number): number => 2 / 3 - distance * distance * (1 - distance * 0.5);

/**
 * Interpolates a channel axis by axis: along height, then depth, then width, as the kernel for rotated rows adds up its sixty-four products, so that
 * the results are the same to the last bit. Twelve products a voxel.
 *
 * @param coefficients of the spline, padded.
 */
export function warpAligned(
  coefficients: Float64Array,
  source: Extents,
  target: Float32Array,
  [deep, down, across]: AlignedPlan,
  fill: number,
): void {
  const [paddedDepth, paddedHeight, paddedWidth] = paddedExtents(source);
  const [height, width] = [down.lower.length, across.lower.length];
  const taps = paddedDepth === 1 ? 1 : 4;
  const planeLength = height * paddedWidth;
  const planes = Array.from({ length: taps }, () => new Float64Array(planeLength));
  const held = planes.map(() => -1);
  const line = new Float64Array(paddedWidth);
  const planeOf = (slice: number): Float64Array => {
    const plane = planes[slice % taps]!;
    if (held[slice % taps] === slice) return plane;
    held[slice % taps] = slice;
    for (let y = 0; y < height; y++) {
      const first = down.lower[y]!;
      if (first < 0) continue;
      const from = (slice * paddedHeight + first) * paddedWidth;
      mix(coefficients, from, paddedWidth, down.weights, 4 * y, plane, y * paddedWidth, paddedWidth);
    }
    return plane;
  };
  deep.lower.forEach((slice, z) => {
    const at = z * height * width;
    if (slice < 0) {
      target.fill(fill, at, at + height * width);
      return;
    }
    const near = Array.from({ length: taps }, (_, tap) => planeOf(slice + tap));
    for (let y = 0; y < height; y++) {
      const to = at + y * width;
      if (down.lower[y]! < 0) {
        target.fill(fill, to, to + width);
        continue;
      }
      const from = y * paddedWidth;
      if (taps === 1) line.set(near[0]!.subarray(from, from + paddedWidth));
      else mixPlanes(near, from, deep.weights, 4 * z, line);
      fillRow(line, across, target, to, fill);
    }
  });
}

/** The weighted sum of four rows. */
function mix(
  rows: Float64Array,
  from: number,
  stride: number,
  weights: Float64Array,
  tap: number,
  target: Float64Array,
  to: number,
  length: number,
): void {
  const a = weights[tap]!;
  const b = weights[tap + 1]!;
  const c = weights[tap + 2]!;
  const d = weights[tap + 3]!;
  for (let i = 0; i < length; i++) {
    const at = from + i;
    target[to + i] = a * rows[at]! + b * rows[at + stride]! + c * rows[at + 2 * stride]! + d * rows[at + 3 * stride]!;
  }
}

function mixPlanes(
  planes: readonly Float64Array[],
  from: number,
  weights: Float64Array,
  tap: number,
  target: Float64Array,
): void {
  const [first, second, third, fourth] = planes as [Float64Array, Float64Array, Float64Array, Float64Array];
  const a = weights[tap]!;
  const b = weights[tap + 1]!;
  const c = weights[tap + 2]!;
  const d = weights[tap + 3]!;
  const { length } = target;
  for (let i = 0; i < length; i++)
    target[i] = a * first[from + i]! + b * second[from + i]! + c * third[from + i]! + d * fourth[from + i]!;
}

/** Even and odd coefficients apart, as the kernel's pairs. */
function fillRow(
  line: Float64Array,
  { lower, weights }: AxisPlan,
  target: Float32Array,
  to: number,
  fill: number,
): void {
  const { length } = lower;
  for (let i = 0; i < length; i++) {
    const at = lower[i]!;
    if (at < 0) {
      target[to + i] = fill;
      continue;
    }
    const tap = 4 * i;
    target[to + i] =
      weights[tap]! * line[at]! +
      weights[tap + 2]! * line[at + 2]! +
      (weights[tap + 1]! * line[at + 1]! + weights[tap + 3]! * line[at + 3]!);
  }
}
