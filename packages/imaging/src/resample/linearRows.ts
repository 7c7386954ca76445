import type { IndexMap } from './IndexMap.js';
import { type AxisPlan, insideRange, isInside, type RowSampler, type Source, walkRow } from './RowSampler.js';

/** Trilinear; beyond the outermost centres their value continues, as in ITK. */
export function linearRows(source: Source, map: IndexMap): RowSampler {
  return map.aligned ? alignedRows(source, map) : generalRows(source, map);
}

function alignedRows({ values, size }: Source, map: IndexMap): RowSampler {
  const columns = planAxis(map, 0, size[0]);
  const rows = planAxis(map, 1, size[1]);
  const slices = planAxis(map, 2, size[2]);
  const { first, end, lower, upper, weight } = columns;
  return (y, z, target) => {
    if (y < rows.first || y >= rows.end || z < slices.first || z >= slices.end) return;
    const [width, height] = size;
    const front = slices.lower[z]! * height;
    const back = slices.upper[z]! * height;
    const top = rows.lower[y]!;
    const bottom = rows.upper[y]!;
    const [frontTop, frontBottom] = [(front + top) * width, (front + bottom) * width];
    const [backTop, backBottom] = [(back + top) * width, (back + bottom) * width];
    const [down, deep] = [rows.weight[y]!, slices.weight[z]!];
    for (let i = first; i < end; i++) {
      const left = lower[i]!;
      const right = upper[i]!;
      const across = weight[i]!;
      // Along x, then y, then z, each as a + (b - a)·w: with ITK's order of rounding, integers are truncated alike.
      let a = values[frontTop + left]!;
      a += (values[frontTop + right]! - a) * across;
      let b = values[frontBottom + left]!;
      b += (values[frontBottom + right]! - b) * across;
      let c = values[backTop + left]!;
      c += (values[backTop + right]! - c) * across;
      let d = values[backBottom + left]!;
      d += (values[backBottom + right]! - d) * across;
      a += (b - a) * down;
      c += (d - c) * down;
      target[i] = a + (c - a) * deep;
    }
  };
}

function planAxis(map: IndexMap, axis: 0 | 1 | 2, count: number): AxisPlan {
  const { indices, first, end } = insideRange(map, axis, count);
  const lower = new Int32Array(indices.length);
  const upper = new Int32Array(indices.length);
  const weight = new Float64Array(indices.length);
  for (let i = first; i < end; i++) {
    const floor = Math.max(0, Math.floor(indices[i]!));
    const share = indices[i]! - floor;
    const between = share > 0 && floor + 1 < count;
    lower[i] = floor;
    // Where the neighbour has no weight it is not looked at: it may be NaN.
    upper[i] = between ? floor + 1 : floor;
    weight[i] = between ? share : 0;
  }
  return { first, end, lower, upper, weight };
}

function generalRows({ values, size }: Source, map: IndexMap): RowSampler {
  const [width, height, depth] = size;
  return (row, slice, target) => {
    walkRow(map, row, slice, (i, x, y, z) => {
      if (!isInside(x, width) || !isInside(y, height) || !isInside(z, depth)) return;
      const left = Math.max(0, Math.floor(x));
      const top = Math.max(0, Math.floor(y));
      const front = Math.max(0, Math.floor(z));
      const across = left + 1 < width ? Math.max(0, x - left) : 0;
      const down = top + 1 < height ? Math.max(0, y - top) : 0;
      const deep = front + 1 < depth ? Math.max(0, z - front) : 0;
      const step = across > 0 ? 1 : 0;
      const stepDown = down > 0 ? width : 0;
      const stepDeep = deep > 0 ? width * height : 0;
      const at = (front * height + top) * width + left;
      let a = values[at]!;
      a += (values[at + step]! - a) * across;
      let b = values[at + stepDown]!;
      b += (values[at + stepDown + step]! - b) * across;
      let c = values[at + stepDeep]!;
      c += (values[at + stepDeep + step]! - c) * across;
      let d = values[at + stepDeep + stepDown]!;
      d += (values[at + stepDeep + stepDown + step]! - d) * across;
      a += (b - a) * down;
      c += (d - c) * down;
      target[i] = a + (c - a) * deep;
    });
  };
}
