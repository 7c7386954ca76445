import type { Vector3 } from '../geometry/Geometry.js';
import { alongAxis, type IndexMap } from './IndexMap.js';

/** Any array's values. */
export type Values = Float32Array | Float64Array | Int32Array | Uint8Array | Uint16Array;

/** One channel to sample from. */
export interface Source {
  readonly values: Values;
  /** x, y, z. */
  readonly size: Vector3;
}

/** Computes row (y, z) of the target. Voxels outside of the source are left as they are. */
export type RowSampler = (y: number, z: number, row: Float64Array) => void;

/** One axis of an aligned map: neighbours and weight of each voxel. */
export interface AxisPlan {
  /** Voxels `first…end-1` lie inside of the source. */
  readonly first: number;
  readonly end: number;
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  readonly weight: Float64Array;
}

/** An index is inside where it is nearer to a voxel than to where the next one would be: in [-0.5, count - 0.5), as ITK has it. */
export function isInside(index: number, count: number): boolean {
  return index >= -0.5 && index < count - 0.5;
}

/** The indices along one axis, and the range of them inside of `count` voxels. */
export function insideRange(
  map: IndexMap,
  axis: 0 | 1 | 2,
  count: number,
): { readonly indices: Float64Array; readonly first: number; readonly end: number } {
  const indices = alongAxis(map, axis);
  let first = 0;
  let end = indices.length;
  while (first < end && !isInside(indices[first]!, count)) first++;
  while (end > first && !isInside(indices[end - 1]!, count)) end--;
  return { indices, first, end };
}

/** Reads indices along each row of a map that is not aligned: `visit(position in the row, x, y, z)`. */
export function walkRow(
  map: IndexMap,
  y: number,
  z: number,
  visit: (position: number, x: number, y: number, z: number) => void,
): void {
  const count = map.size[0];
  const start = map.at(0, y, z);
  const end = map.at(count, y, z);
  const [startX, startY, startZ] = start;
  const [stepX, stepY, stepZ] = [end[0] - startX, end[1] - startY, end[2] - startZ];
  for (let i = 0; i < count; i++) {
    const share = i / count;
    visit(i, startX + share * stepX, startY + share * stepY, startZ + share * stepZ);
  }
}
