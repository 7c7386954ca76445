import { filterFourLines, filterSpline, type LanePasses, SPLINE_GAIN } from './splineFilter.js';
import type { Extents } from './WarpPlan.js';

/** Coefficients before and after an axis, so that the four around any index are there. */
const BEFORE = 1;
const AFTER = 2;

/** Of the coefficients of one channel; the depth of a 2D image has no neighbours. */
export function paddedExtents([depth, height, width]: Extents): Extents {
  const more = BEFORE + AFTER;
  return [depth === 1 ? 1 : depth + more, height + more, width + more];
}

/**
 * The cubic B-spline through the voxels of a channel, mirrored at the outermost voxels. In float64: of float32 coefficients and sums, values of
 * noise between -2 and 2 come out wrong by up to 1.1e-6.
 *
 * @param coefficients as many as the padded channel has voxels; all are written.
 */
export function fillCoefficients(
  values: Float32Array,
  extents: Extents,
  coefficients: Float64Array,
  passes?: LanePasses,
): void {
  const [depth, height, width] = extents;
  const padded = paddedExtents(extents);
  const [, paddedHeight, paddedWidth] = padded;
  const plane = paddedHeight * paddedWidth;
  const flat = depth === 1;
  const gain = extents.reduce((product, count) => (count > 1 ? product * SPLINE_GAIN : product), 1);
  const first = (flat ? 0 : BEFORE * plane) + BEFORE * paddedWidth + BEFORE;
  let from = 0;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      const row = first + z * plane + y * paddedWidth;
      for (let i = 0; i < width; i++) coefficients[row + i] = gain * values[from + i]!;
      from += width;
      if (y % 4 === 3) filterFourLines(coefficients, row - 3 * paddedWidth, width, paddedWidth);
      else if (y >= height - (height % 4)) filterSpline(coefficients, row, width, 1, 1);
    }
    // Whole rows are filtered at once, so that memory is read in order.
    filterSpline(coefficients, first + z * plane, height, paddedWidth, width, passes);
  }
  for (let y = 0; y < height && !flat; y++)
    filterSpline(coefficients, first + y * paddedWidth, depth, plane, width, passes);
  mirrorEdges(coefficients, extents, padded);
}

function mirrorEdges(data: Float64Array, [depth, height, width]: Extents, padded: Extents): void {
  const [paddedDepth, paddedHeight, paddedWidth] = padded;
  const plane = paddedHeight * paddedWidth;
  const flat = depth === 1;
  const [across, down, deep] = [mirrorsOf(width), mirrorsOf(height), flat ? [] : mirrorsOf(depth)];
  for (let z = flat ? 0 : BEFORE; z < (flat ? 1 : BEFORE + depth); z++) {
    const slice = z * plane;
    for (let y = BEFORE; y < BEFORE + height; y++) {
      const row = slice + y * paddedWidth;
      for (const [to, from] of across) data[row + to] = data[row + from]!;
    }
    for (const [to, from] of down)
      data.copyWithin(slice + to * paddedWidth, slice + from * paddedWidth, slice + (from + 1) * paddedWidth);
  }
  if (paddedDepth === 1) return;
  for (const [to, from] of deep) data.copyWithin(to * plane, from * plane, (from + 1) * plane);
}

/** Which padded index is a copy of which, along an axis. */
function mirrorsOf(count: number): readonly (readonly [to: number, from: number])[] {
  const period = Math.max(1, 2 * (count - 1));
  return [-1, count, count + 1].map((index) => {
    const rest = ((index % period) + period) % period;
    return [index + BEFORE, (rest < count ? rest : period - rest) + BEFORE];
  });
}
