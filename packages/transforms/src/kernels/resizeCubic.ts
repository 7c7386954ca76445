import { filterSpline, mirrored, SPLINE_GAIN } from './splineFilter.js';

/** Where the new voxels of an axis lie among the old ones: at most half a voxel beyond the outermost centres. */
export interface AxisSteps {
  readonly count: number;
  readonly newCount: number;
  readonly start: number;
  readonly step: number;
}

/** How many voxels of the border a cubic spline still feels in float32; SciPy's number. */
const BORDER = 12;
/** Lines that are filtered at once: few enough to stay in the cache. */
const LANES = 64;

/** Coefficients on either side of those of the voxels, so that the four around any index are there. */
const AROUND = 2;

interface Taps {
  /** The first of four coefficients for each new voxel, and their weights. */
  readonly at: Int32Array;
  readonly weights: Float64Array;
  /** Repeated voxels on either side. */
  readonly border: number;
  readonly steps: AxisSteps;
}

/**
 * Resizes every channel with cubic B-splines, axis by axis: a volume is read three times, not sixty-four.
 *
 * @param axes one for each spatial axis.
 * @param border what the spline sees beyond the edge: the image mirrored at the outermost voxel, or that voxel again and again.
 */
export function resizeCubic(
  source: Float32Array,
  channels: number,
  axes: readonly AxisSteps[],
  border: 'reflect' | 'edge',
): Float32Array {
  let current = source;
  let lanes = 1;
  let blocks = channels * axes.reduce((product, { count }) => product * count, 1);
  for (const steps of axes.toReversed()) {
    const { count, newCount } = steps;
    blocks /= count;
    if (!(count === newCount && steps.start === 0 && steps.step === 1)) {
      const target = new Float32Array(blocks * newCount * lanes);
      const taps = placeTaps(steps, border === 'edge' && count > 1 ? BORDER : 0);
      if (lanes === 1) resizeRows(current, target, blocks, taps);
      else resizeLanes(current, target, { blocks, lanes }, taps);
      current = target;
    }
    lanes *= newCount;
  }
  return current === source ? source.slice() : current;
}

function placeTaps(steps: AxisSteps, border: number): Taps {
  const { newCount, start, step } = steps;
  const at = new Int32Array(newCount);
  const weights = new Float64Array(4 * newCount);
  for (let i = 0; i < newCount; i++) {
    const index = start + i * step + border;
    const floor = Math.floor(index);
    const t = index - floor;
    const s = 1 - t;
    at[i] = floor - 1 + AROUND;
    weights[4 * i] = (s * s * s) / 6;
    weights[4 * i + 3] = (t * t * t) / 6;
    weights[4 * i + 1] = 2 / 3 - (t * t * (2 - t)) / 2;
    weights[4 * i + 2] = 2 / 3 - (s * s * (2 - s)) / 2;
  }
  return { at, weights, border, steps };
}

function resizeRows(source: Float32Array, target: Float32Array, rows: number, taps: Taps): void {
  const { at, weights, border, steps } = taps;
  const { count, newCount } = steps;
  const filtered = count + 2 * border;
  const gain = count > 1 ? SPLINE_GAIN : 1;
  const line = new Float64Array(filtered + 2 * AROUND);
  const edge = AROUND + border;
  let to = 0;
  for (let row = 0; row < rows; row++) {
    const from = row * count;
    for (let i = 0; i < count; i++) line[edge + i] = gain * source[from + i]!;
    line.fill(line[edge]!, AROUND, edge);
    line.fill(line[edge + count - 1]!, edge + count, edge + count + border);
    filterSpline(line, AROUND, filtered, 1, 1);
    for (let i = 1; i <= AROUND; i++) {
      line[AROUND - i] = line[AROUND + mirrored(i, filtered)]!;
      line[AROUND + filtered - 1 + i] = line[AROUND + mirrored(filtered - 1 + i, filtered)]!;
    }
    for (let i = 0; i < newCount; i++, to++) {
      const first = at[i]!;
      const tap = 4 * i;
      target[to] =
        weights[tap]! * line[first]! +
        weights[tap + 1]! * line[first + 1]! +
        weights[tap + 2]! * line[first + 2]! +
        weights[tap + 3]! * line[first + 3]!;
    }
  }
}

/** The same along another axis, for neighbouring lines at once. */
function resizeLanes(
  source: Float32Array,
  target: Float32Array,
  { blocks, lanes }: { readonly blocks: number; readonly lanes: number },
  { at, weights, border, steps }: Taps,
): void {
  const { count, newCount } = steps;
  const filtered = count + 2 * border;
  const gain = count > 1 ? SPLINE_GAIN : 1;
  const lines = new Float64Array((filtered + 2 * AROUND) * LANES);
  for (let block = 0; block < blocks; block++) {
    for (let lane = 0; lane < lanes; lane += LANES) {
      const width = Math.min(LANES, lanes - lane);
      for (let i = 0; i < filtered; i++) {
        const from = (block * count + Math.min(count - 1, Math.max(0, i - border))) * lanes + lane;
        const row = (AROUND + i) * LANES;
        for (let k = 0; k < width; k++) lines[row + k] = gain * source[from + k]!;
      }
      filterSpline(lines, AROUND * LANES, filtered, LANES, width);
      for (let i = 1; i <= AROUND; i++) {
        copyRow(lines, AROUND - i, AROUND + mirrored(i, filtered));
        copyRow(lines, AROUND + filtered - 1 + i, AROUND + mirrored(filtered - 1 + i, filtered));
      }
      for (let i = 0; i < newCount; i++) {
        const to = (block * newCount + i) * lanes + lane;
        mixRows(lines, at[i]! * LANES, weights, 4 * i, target, to, width);
      }
    }
  }
}

function copyRow(lines: Float64Array, to: number, from: number): void {
  lines.copyWithin(to * LANES, from * LANES, (from + 1) * LANES);
}

/** The weighted sum of four neighbouring rows. */
function mixRows(
  lines: Float64Array,
  first: number,
  weights: Float64Array,
  tap: number,
  target: Float32Array,
  to: number,
  width: number,
): void {
  const a = weights[tap]!;
  const b = weights[tap + 1]!;
  const c = weights[tap + 2]!;
  const d = weights[tap + 3]!;
  for (let k = first; k < first + width; k++)
    target[to + k - first] =
      a * lines[k]! + b * lines[k + LANES]! + c * lines[k + 2 * LANES]! + d * lines[k + 3 * LANES]!;
}
