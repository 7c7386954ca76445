/** Pole of the cubic B-spline's inverse filter. */
export const SPLINE_POLE = Math.sqrt(3) - 2;
const POLE = SPLINE_POLE;

/** By what values are multiplied before they are filtered, for each axis of more than one voxel. */
export const SPLINE_GAIN = (1 - POLE) * (1 - 1 / POLE);

/** How far back the filter remembers: what is left of a value then is lost in float32. */
const HORIZON = 16;
const POWERS = Float64Array.from({ length: HORIZON }, (_, power) => POLE ** power);

/** Goes from one row of lanes to another, both included, with the row before it in hand: the inner loops of the filter. */
type LanePass = (data: Float64Array, first: number, last: number, stride: number, lanes: number) => void;

export interface LanePasses {
  /** Adds the pole times the row before. */
  readonly ahead: LanePass;
  /** Towards the start: the pole times the difference from the row behind. */
  readonly back: LanePass;
}

const scalarPasses: LanePasses = {
  ahead: (data, first, last, stride, lanes) => {
    for (let at = first; at <= last; at += stride) {
      const before = at - stride;
      for (let lane = 0; lane < lanes; lane++) data[at + lane]! += POLE * data[before + lane]!;
    }
  },
  back: (data, first, last, stride, lanes) => {
    for (let at = first; at >= last; at -= stride) {
      const behind = at + stride;
      for (let lane = 0; lane < lanes; lane++) data[at + lane] = POLE * (data[behind + lane]! - data[at + lane]!);
    }
  },
};

/**
 * Turns values, times the gain, into the coefficients of the cubic B-spline through them, in place, with mirrored ends (Unser, "Splines: a perfect
 * fit for signal and image processing", 1999). Does `lanes` neighbouring lines at once, each of `count` values `stride` apart.
 */
export function filterSpline(
  data: Float64Array,
  start: number,
  count: number,
  stride: number,
  lanes: number,
  passes: LanePasses = scalarPasses,
): void {
  if (count === 1) return;
  if (lanes === 1) filterLine(data, start, count, stride);
  else filterLanes(data, start, count, stride, lanes, passes);
}

function filterLine(data: Float64Array, start: number, count: number, stride: number): void {
  const last = start + (count - 1) * stride;
  let value = data[start]!;
  for (let i = 1; i < HORIZON; i++) value += POWERS[i]! * data[start + mirrored(i, count) * stride]!;
  data[start] = value;
  for (let at = start + stride; at <= last; at += stride) {
    value = data[at]! + POLE * value;
    data[at] = value;
  }
  value = CLOSING * (POLE * data[last - stride]! + value);
  data[last] = value;
  for (let at = last - stride; at >= start; at -= stride) {
    value = POLE * (value - data[at]!);
    data[at] = value;
  }
}

/** Four lines at once, `apart` from each other, of values that follow each other: each of a line's steps waits for the one before. */
export function filterFourLines(data: Float64Array, start: number, count: number, apart: number): void {
  if (count === 1) return;
  const [second, third, fourth] = [apart, 2 * apart, 3 * apart];
  let a = data[start]!;
  let b = data[start + second]!;
  let c = data[start + third]!;
  let d = data[start + fourth]!;
  for (let i = 1; i < HORIZON; i++) {
    const power = POWERS[i]!;
    const at = start + mirrored(i, count);
    a += power * data[at]!;
    b += power * data[at + second]!;
    c += power * data[at + third]!;
    d += power * data[at + fourth]!;
  }
  data[start] = a;
  data[start + second] = b;
  data[start + third] = c;
  data[start + fourth] = d;
  const last = start + count - 1;
  for (let at = start + 1; at <= last; at++) {
    a = data[at]! + POLE * a;
    b = data[at + second]! + POLE * b;
    c = data[at + third]! + POLE * c;
    d = data[at + fourth]! + POLE * d;
    data[at] = a;
    data[at + second] = b;
    data[at + third] = c;
    data[at + fourth] = d;
  }
  a = CLOSING * (POLE * data[last - 1]! + a);
  b = CLOSING * (POLE * data[last - 1 + second]! + b);
  c = CLOSING * (POLE * data[last - 1 + third]! + c);
  d = CLOSING * (POLE * data[last - 1 + fourth]! + d);
  data[last] = a;
  data[last + second] = b;
  data[last + third] = c;
  data[last + fourth] = d;
  for (let at = last - 1; at >= start; at--) {
    a = POLE * (a - data[at]!);
    b = POLE * (b - data[at + second]!);
    c = POLE * (c - data[at + third]!);
    d = POLE * (d - data[at + fourth]!);
    data[at] = a;
    data[at + second] = b;
    data[at + third] = c;
    data[at + fourth] = d;
  }
}

const CLOSING = POLE / (POLE * POLE - 1);

function filterLanes(
  data: Float64Array,
  start: number,
  count: number,
  stride: number,
  lanes: number,
  passes: LanePasses,
): void {
  const last = start + (count - 1) * stride;
  const sums = data.slice(start, start + lanes);
  for (let i = 1; i < HORIZON; i++) {
    const power = POWERS[i]!;
    const from = start + mirrored(i, count) * stride;
    for (let lane = 0; lane < lanes; lane++) sums[lane]! += power * data[from + lane]!;
  }
  data.set(sums, start);
  passes.ahead(data, start + stride, last, stride, lanes);
  for (let lane = last; lane < last + lanes; lane++) data[lane] = CLOSING * (POLE * data[lane - stride]! + data[lane]!);
  passes.back(data, last - stride, start, stride, lanes);
}

/** Where an index from 0 on lies, mirrored at the outermost of `count` values. */
export function mirrored(index: number, count: number): number {
  if (count === 1) return 0;
  const period = 2 * (count - 1);
  const rest = index % period;
  return rest < count ? rest : period - rest;
}
