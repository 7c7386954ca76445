import { worldToIndexMatrix } from '../geometry/affine.js';
import type { Grid, Matrix3, Matrix4, Vector3 } from '../geometry/Geometry.js';
import { add, apply, multiply, scaleColumns, subtract } from '../geometry/matrices.js';

/** Where each voxel of one grid lies among the voxels of another, as real-valued indices x, y, z. */
export interface IndexMap {
  readonly size: Vector3;
  /** The index in the source of one index of the target. */
  at(x: number, y: number, z: number): Vector3;
  /** Whether each axis of the source depends on the same axis of the target only. */
  readonly aligned: boolean;
}

/**
 * @param transform takes world positions of the target to those of the source.
 */
export function indexMap(source: Grid, target: Grid, transform: Matrix4 | null): IndexMap {
  const toWorld = scaleColumns(target.direction, target.spacing);
  const toIndex = worldToIndexMatrix(source);
  const move = transform === null ? null : splitAffine(transform);
  const linear = multiply(toIndex, move === null ? toWorld : multiply(move.linear, toWorld));
  return {
    size: target.size,
    aligned: isAligned(linear, target.size),
    // Through the world and back, as ITK does: at ties between voxels the rounding decides.
    at: (x, y, z) => {
      const position = add(apply(toWorld, [x, y, z]), target.origin);
      const moved = move === null ? position : add(apply(move.linear, position), move.offset);
      return apply(toIndex, subtract(moved, source.origin));
    },
  };
}

/** The index in the source of each voxel along one axis of an aligned map. */
export function alongAxis(map: IndexMap, axis: 0 | 1 | 2): Float64Array {
  const count = map.size[axis];
  if (axis > 0)
    return Float64Array.from({ length: count }, (_, i) => (axis === 1 ? map.at(0, i, 0)[1] : map.at(0, 0, i)[2]));
  const [start] = map.at(0, 0, 0);
  const [end] = map.at(count, 0, 0);
  return Float64Array.from({ length: count }, (_, i) => start + (i / count) * (end - start));
}

function splitAffine([a, b, c, x, d, e, f, y, g, h, i, z]: Matrix4): {
  readonly linear: Matrix3;
  readonly offset: Vector3;
} {
  return { linear: [a, b, c, d, e, f, g, h, i], offset: [x, y, z] };
}

/** Off the diagonal nothing may add up to what could be seen: a billionth of a voxel from one end to the other. */
function isAligned(linear: Matrix3, size: Vector3): boolean {
  return linear.every((value, index) => index % 4 === 0 || Math.abs(value) * size[index % 3]! < 1e-9);
}
