import type { Source } from './RowSampler.js';

/** Pole of the cubic B-spline's inverse filter. */
const POLE = Math.sqrt(3) - 2;
/** How small the forgotten rest of the filter's past may be, relative to a value; ITK's. */
const TOLERANCE = 1e-10;

/**
 * The coefficients whose cubic B-spline passes through the voxels, with mirrored ends (Unser, "Splines: a perfect fit for signal and
 * image processing", 1999, as ITK's `BSplineDecompositionImageFilter` computes them).
 */
export function splineCoefficients({ values, size }: Source): Float64Array {
  const coefficients = Float64Array.from(values);
  const [width, height, depth] = size;
  const plane = width * height;
  for (let row = 0; row < height * depth; row++) filter(coefficients, row * width, width, 1, 1);
  // Along y and z whole rows are filtered at once, so that memory is read in order.
  for (let z = 0; z < depth; z++) filter(coefficients, z * plane, height, width, width);
  filter(coefficients, 0, depth, plane, plane);
  return coefficients;
}

/** Filters `lanes` neighbouring lines at once, each of `count` elements `stride` apart. */
function filter(data: Float64Array, start: number, count: number, stride: number, lanes: number): void {
  if (count === 1) return;
  const gain = (1 - POLE) * (1 - 1 / POLE);
  const end = start + count * stride;
  for (let row = start; row < end; row += stride) for (let i = row; i < row + lanes; i++) data[i]! *= gain;

  for (let lane = 0; lane < lanes; lane++) data[start + lane] = firstCausal(data, start + lane, count, stride);
  for (let row = start + stride; row < end; row += stride) {
    for (let i = row; i < row + lanes; i++) data[i]! += POLE * data[i - stride]!;
  }

  const last = end - stride;
  const closing = POLE / (POLE * POLE - 1);
  for (let i = last; i < last + lanes; i++) data[i] = closing * (POLE * data[i - stride]! + data[i]!);
  for (let row = last - stride; row >= start; row -= stride) {
    for (let i = row; i < row + lanes; i++) data[i] = POLE * (data[i + stride]! - data[i]!);
  }
}

/** What an endless mirrored past adds up to. */
function firstCausal(data: Float64Array, start: number, count: number, stride: number): number {
  const horizon = Math.ceil(Math.log(TOLERANCE) / Math.log(Math.abs(POLE)));
  let power = POLE;
  let sum = data[start]!;
  if (horizon < count) {
    for (let i = 1; i < horizon; i++) {
      sum += power * data[start + i * stride]!;
      power *= POLE;
    }
    return sum;
  }
  const inverse = 1 / POLE;
  let back = POLE ** (count - 1);
  sum += back * data[start + (count - 1) * stride]!;
  back *= back * inverse;
  for (let i = 1; i < count - 1; i++) {
    sum += (power + back) * data[start + i * stride]!;
    power *= POLE;
    back *= inverse;
  }
  return sum / (1 - power * power);
}
