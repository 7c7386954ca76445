/** Pole of the cubic B-spline's inverse filter. */
const POLE = Math.sqrt(3) - 2;

/** By what values are multiplied before they are filtered, for each axis of more than one voxel. */
export const SPLINE_GAIN = (1 - POLE) * (1 - 1 / POLE);

/** How far back the filter remembers: what is left of a value then is lost in float32. */
const HORIZON = 16;
const POWERS = Float64Array.from({ length: HORIZON }, (_, power) => POLE ** power);

/**
 * Turns values, times the gain, into the coefficients of the cubic B-spline through them, in place, with mirrored ends (Unser, "Splines: a perfect
 * fit for signal and image processing", 1999). Does `lanes` neighbouring lines at once, each of `count` values `stride` apart.
 */
export function filterSpline(data: Float64Array, start: number, count: number, stride: number, lanes: number): void {
  if (count === 1) return;
  if (lanes === 1) filterLine(data, start, count, stride);
  else filterLanes(data, start, count, stride, lanes);
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

const CLOSING = POLE / (POLE * POLE - 1);

function filterLanes(data: Float64Array, start: number, count: number, stride: number, lanes: number): void {
  const last = start + (count - 1) * stride;
  const sums = data.slice(start, start + lanes);
  for (let i = 1; i < HORIZON; i++) {
    const power = POWERS[i]!;
    const from = start + mirrored(i, count) * stride;
    for (let lane = 0; lane < lanes; lane++) sums[lane]! += power * data[from + lane]!;
  }
  data.set(sums, start);
  for (let at = start + stride; at <= last; at += stride) {
    const before = at - stride;
    for (let lane = 0; lane < lanes; lane++) data[at + lane]! += POLE * data[before + lane]!;
  }
  for (let lane = last; lane < last + lanes; lane++) data[lane] = CLOSING * (POLE * data[lane - stride]! + data[lane]!);
  for (let at = last - stride; at >= start; at -= stride) {
    const behind = at + stride;
    for (let lane = 0; lane < lanes; lane++) data[at + lane] = POLE * (data[behind + lane]! - data[at + lane]!);
  }
}

/** Where an index from 0 on lies, mirrored at the outermost of `count` values. */
export function mirrored(index: number, count: number): number {
  if (count === 1) return 0;
  const period = 2 * (count - 1);
  const rest = index % period;
  return rest < count ? rest : period - rest;
}
