import type { IndexMap } from './IndexMap.js';
import { insideRange, isInside, type RowSampler, type Source, walkRow } from './RowSampler.js';
import { splineCoefficients } from './splineCoefficients.js';

/** Cubic B-spline with mirrored ends, as ITK's `BSplineInterpolateImageFunction` of order 3. */
export function cubicRows(source: Source, map: IndexMap): RowSampler {
  const coefficients = splineCoefficients(source);
  return map.aligned ? alignedRows(coefficients, source, map) : generalRows(coefficients, source, map);
}

/** One axis at a time: 12 products per voxel instead of 64. */
function alignedRows(coefficients: Float64Array, { size }: Source, map: IndexMap): RowSampler {
  const [x, y, z] = [planAxis(map, 0, size[0]), planAxis(map, 1, size[1]), planAxis(map, 2, size[2])];
  const [width, height, depth] = map.size;
  const across = mixRows(coefficients, { count: size[1] * size[2], length: size[0], lanes: 1 }, x);
  const down = mixRows(across, { count: size[2], length: size[1], lanes: width }, y);
  const all = mixRows(down, { count: 1, length: size[2], lanes: width * height }, z);
  return (row, slice, target) => {
    if (row < y.first || row >= y.end || slice < z.first || slice >= z.end || slice >= depth) return;
    const base = (slice * height + row) * width;
    for (let i = x.first; i < x.end; i++) target[i] = all[base + i]!;
  };
}

interface SplinePlan {
  readonly first: number;
  readonly end: number;
  /** Four of each per voxel. */
  readonly neighbours: Int32Array;
  readonly weights: Float64Array;
}

function planAxis(map: IndexMap, axis: 0 | 1 | 2, count: number): SplinePlan {
  const { indices, first, end } = insideRange(map, axis, count);
  const neighbours = new Int32Array(4 * indices.length);
  const weights = new Float64Array(4 * indices.length);
  for (let i = first; i < end; i++) placeSpline(indices[i]!, count, neighbours, weights, 4 * i);
  return { first, end, neighbours, weights };
}

/** Replaces the middle axis of `[count, length, lanes]` by weighted sums of four along it; zero outside. */
function mixRows(
  data: Float64Array,
  { count, length, lanes }: { readonly count: number; readonly length: number; readonly lanes: number },
  plan: SplinePlan,
): Float64Array {
  const { first, end, neighbours, weights } = plan;
  const newLength = neighbours.length / 4;
  const mixed = new Float64Array(count * newLength * lanes);
  for (let block = 0; block < count; block++) {
    const from = block * length * lanes;
    for (let i = first; i < end; i++) {
      const to = (block * newLength + i) * lanes;
      const tap = 4 * i;
      const a = from + neighbours[tap]! * lanes;
      const b = from + neighbours[tap + 1]! * lanes;
      const c = from + neighbours[tap + 2]! * lanes;
      const d = from + neighbours[tap + 3]! * lanes;
      const [p, q, r, s] = [weights[tap]!, weights[tap + 1]!, weights[tap + 2]!, weights[tap + 3]!];
      for (let lane = 0; lane < lanes; lane++)
        mixed[to + lane] = p * data[a + lane]! + q * data[b + lane]! + r * data[c + lane]! + s * data[d + lane]!;
    }
  }
  return mixed;
}

function generalRows(coefficients: Float64Array, { size }: Source, map: IndexMap): RowSampler {
  const [width, height, depth] = size;
  const columns = new Int32Array(4);
  const rows = new Int32Array(4);
  const slices = new Int32Array(4);
  const across = new Float64Array(4);
  const down = new Float64Array(4);
  const deep = new Float64Array(4);
  return (row, slice, target) => {
    walkRow(map, row, slice, (i, x, y, z) => {
      if (!isInside(x, width) || !isInside(y, height) || !isInside(z, depth)) return;
      placeSpline(x, width, columns, across, 0);
      placeSpline(y, height, rows, down, 0);
      placeSpline(z, depth, slices, deep, 0);
      let sum = 0;
      for (let c = 0; c < 4; c++) {
        let plane = 0;
        for (let b = 0; b < 4; b++) {
          const base = (slices[c]! * height + rows[b]!) * width;
          plane +=
            down[b]! *
            (across[0]! * coefficients[base + columns[0]!]! +
              across[1]! * coefficients[base + columns[1]!]! +
              across[2]! * coefficients[base + columns[2]!]! +
              across[3]! * coefficients[base + columns[3]!]!);
        }
        sum += deep[c]! * plane;
      }
      target[i] = sum;
    });
  };
}

/** The four coefficients around an index, and their weights. */
function placeSpline(index: number, count: number, neighbours: Int32Array, weights: Float64Array, at: number): void {
  const floor = Math.floor(index);
  const w = index - floor;
  const last = (w * w * w) / 6;
  const first = 1 / 6 + (w * (w - 1)) / 2 - last;
  const third = w + first - 2 * last;
  weights[at] = first;
  weights[at + 1] = 1 - first - third - last;
  weights[at + 2] = third;
  weights[at + 3] = last;
  for (let tap = 0; tap < 4; tap++) neighbours[at + tap] = mirror(floor - 1 + tap, count);
}

/** Reflects an index at the outermost voxels, as often as it takes. */
function mirror(index: number, count: number): number {
  if (count === 1) return 0;
  const period = 2 * (count - 1);
  const rest = ((index % period) + period) % period;
  return rest < count ? rest : period - rest;
}
