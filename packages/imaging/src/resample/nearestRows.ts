import type { IndexMap } from './IndexMap.js';
import { insideRange, isInside, type RowSampler, type Source, walkRow } from './RowSampler.js';

/** The voxel whose centre is nearest; the upper one at ties, as in ITK. */
export function nearestRows(source: Source, map: IndexMap): RowSampler {
  return map.aligned ? alignedRows(source, map) : generalRows(source, map);
}

function alignedRows({ values, size }: Source, map: IndexMap): RowSampler {
  const [x, y, z] = ([0, 1, 2] as const).map((axis) => {
    const { indices, first, end } = insideRange(map, axis, size[axis]);
    return { first, end, nearest: Int32Array.from(indices, (index) => Math.floor(index + 0.5)) };
  });
  const columns = x!.nearest;
  const { first, end } = x!;
  return (row, slice, target) => {
    if (row < y!.first || row >= y!.end || slice < z!.first || slice >= z!.end) return;
    const base = (z!.nearest[slice]! * size[1] + y!.nearest[row]!) * size[0];
    for (let i = first; i < end; i++) target[i] = values[base + columns[i]!]!;
  };
}

function generalRows({ values, size }: Source, map: IndexMap): RowSampler {
  const [width, height, depth] = size;
  return (row, slice, target) => {
    walkRow(map, row, slice, (i, x, y, z) => {
      if (!isInside(x, width) || !isInside(y, height) || !isInside(z, depth)) return;
      target[i] = values[(Math.floor(z + 0.5) * height + Math.floor(y + 0.5)) * width + Math.floor(x + 0.5)]!;
    });
  };
}
