import type { SampleRow } from './sampleRow.js';
import { filterSpline, SPLINE_GAIN } from './splineFilter.js';
import type { Extents, WarpRow } from './WarpPlan.js';

/** Coefficients before and after an axis, so that the four around any index are there. */
const BEFORE = 1;
const AFTER = 2;

/** Of the coefficients of one channel; the depth of a 2D image has no neighbours. */
export function paddedExtents([depth, height, width]: Extents): Extents {
  const more = BEFORE + AFTER;
  return [depth === 1 ? 1 : depth + more, height + more, width + more];
}

/**
 * The cubic B-splines through the voxels of each channel, mirrored at the outermost voxels. In float64: reading them is most of the work, and
 * float32 would be converted 64 times for each voxel.
 *
 * @param coefficients as many as the padded channels have voxels; all are written.
 */
export function fillCoefficients(values: Float32Array, extents: Extents, coefficients: Float64Array): void {
  const [depth, height, width] = extents;
  const padded = paddedExtents(extents);
  const [, paddedHeight, paddedWidth] = padded;
  const plane = paddedHeight * paddedWidth;
  const voxels = depth * height * width;
  const paddedVoxels = padded[0] * plane;
  const channels = values.length / voxels;
  const flat = depth === 1;
  const gain = extents.reduce((product, count) => (count > 1 ? product * SPLINE_GAIN : product), 1);
  for (let channel = 0; channel < channels; channel++) {
    const first = channel * paddedVoxels + (flat ? 0 : BEFORE * plane) + BEFORE * paddedWidth + BEFORE;
    let from = channel * voxels;
    for (let z = 0; z < depth; z++) {
      for (let y = 0; y < height; y++) {
        const row = first + z * plane + y * paddedWidth;
        for (let i = 0; i < width; i++) coefficients[row + i] = gain * values[from + i]!;
        filterSpline(coefficients, row, width, 1, 1);
        from += width;
      }
      // Whole rows are filtered at once, so that memory is read in order.
      filterSpline(coefficients, first + z * plane, height, paddedWidth, width);
    }
    for (let y = 0; y < height && !flat; y++) filterSpline(coefficients, first + y * paddedWidth, depth, plane, width);
    mirrorEdges(coefficients, channel * paddedVoxels, extents, padded);
  }
}

function mirrorEdges(data: Float64Array, start: number, [depth, height, width]: Extents, padded: Extents): void {
  const [paddedDepth, paddedHeight, paddedWidth] = padded;
  const plane = paddedHeight * paddedWidth;
  const flat = depth === 1;
  const [across, down, deep] = [mirrorsOf(width), mirrorsOf(height), flat ? [] : mirrorsOf(depth)];
  for (let z = flat ? 0 : BEFORE; z < (flat ? 1 : BEFORE + depth); z++) {
    const slice = start + z * plane;
    for (let y = BEFORE; y < BEFORE + height; y++) {
      const row = slice + y * paddedWidth;
      for (const [to, from] of across) data[row + to] = data[row + from]!;
    }
    for (const [to, from] of down)
      data.copyWithin(slice + to * paddedWidth, slice + from * paddedWidth, slice + (from + 1) * paddedWidth);
  }
  if (paddedDepth === 1) return;
  for (const [to, from] of deep) data.copyWithin(start + to * plane, start + from * plane, start + (from + 1) * plane);
}

/** Which padded index is a copy of which, along an axis. */
function mirrorsOf(count: number): readonly (readonly [to: number, from: number])[] {
  const period = Math.max(1, 2 * (count - 1));
  return [-1, count, count + 1].map((index) => {
    const rest = ((index % period) + period) % period;
    return [index + BEFORE, (rest < count ? rest : period - rest) + BEFORE];
  });
}

/** Sixteen coefficients in 2D, sixty-four in 3D. The row's offsets are those of the first of them. */
export function sampleCubic(extents: Extents): SampleRow<Float64Array, Float32Array> {
  const [depth, height, width] = paddedExtents(extents);
  return depth === 1
    ? (source, from, target, to, fill, row) => {
        planeRow(source, from, target, to, fill, row, width);
      }
    : (source, from, target, to, fill, row) => {
        volumeRow(source, from, target, to, fill, row, width, height * width);
      };
}

function planeRow(
  source: Float64Array,
  from: number,
  target: Float32Array,
  to: number,
  fill: number,
  row: WarpRow,
  down: number,
): void {
  const { lower, shares } = row;
  const [, sharesDown, sharesAcross] = shares;
  for (let i = 0; i < lower.length; i++) {
    const voxel = lower[i]!;
    if (voxel < 0) {
      target[to + i] = fill;
      continue;
    }
    const x = sharesAcross[i]!;
    const [x0, x1, x2, x3] = [first(x), second(x), second(1 - x), first(1 - x)];
    const y = sharesDown[i]!;
    const a = from + voxel;
    const b = a + down;
    const c = b + down;
    const d = c + down;
    target[to + i] =
      first(y) * (x0 * source[a]! + x1 * source[a + 1]! + x2 * source[a + 2]! + x3 * source[a + 3]!) +
      second(y) * (x0 * source[b]! + x1 * source[b + 1]! + x2 * source[b + 2]! + x3 * source[b + 3]!) +
      second(1 - y) * (x0 * source[c]! + x1 * source[c + 1]! + x2 * source[c + 2]! + x3 * source[c + 3]!) +
      first(1 - y) * (x0 * source[d]! + x1 * source[d + 1]! + x2 * source[d + 2]! + x3 * source[d + 3]!);
  }
}

function volumeRow(
  source: Float64Array,
  from: number,
  target: Float32Array,
  to: number,
  fill: number,
  row: WarpRow,
  down: number,
  deep: number,
): void {
  const { lower, shares } = row;
  const [sharesDeep, sharesDown, sharesAcross] = shares;
  for (let i = 0; i < lower.length; i++) {
    const voxel = lower[i]!;
    if (voxel < 0) {
      target[to + i] = fill;
      continue;
    }
    const x = sharesAcross[i]!;
    const x0 = first(x);
    const x1 = second(x);
    const x3 = first(1 - x);
    const x2 = 1 - x0 - x1 - x3;
    const y = sharesDown[i]!;
    const y0 = first(y);
    const y1 = second(y);
    const y3 = first(1 - y);
    const y2 = 1 - y0 - y1 - y3;
    const z = sharesDeep[i]!;
    const z0 = first(z);
    const z1 = second(z);
    const z3 = first(1 - z);
    const z2 = 1 - z0 - z1 - z3;
    let a = from + voxel;
    let sum = 0;
    for (let slice = 0; slice < 4; slice++) {
      const b = a + down;
      const c = b + down;
      const d = c + down;
      const plane =
        y0 * (x0 * source[a]! + x1 * source[a + 1]! + x2 * source[a + 2]! + x3 * source[a + 3]!) +
        y1 * (x0 * source[b]! + x1 * source[b + 1]! + x2 * source[b + 2]! + x3 * source[b + 3]!) +
        y2 * (x0 * source[c]! + x1 * source[c + 1]! + x2 * source[c + 2]! + x3 * source[c + 3]!) +
        y3 * (x0 * source[d]! + x1 * source[d + 1]! + x2 * source[d + 2]! + x3 * source[d + 3]!);
      sum += (slice === 0 ? z0 : slice === 1 ? z1 : slice === 2 ? z2 : z3) * plane;
      a += deep;
    }
    target[to + i] = sum;
  }
}

/** Weight of the first of four coefficients this far behind the second; by symmetry that of the last. */
function first(t: number): number {
  const s = 1 - t;
  return (s * s * s) / 6;
}

/** Weight of the second, and by symmetry of the third. */
function second(t: number): number {
  return 2 / 3 - (t * t * (2 - t)) / 2;
}
