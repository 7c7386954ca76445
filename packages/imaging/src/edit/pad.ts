import { allocate, ArgumentError, sizeOf } from '@delira/core';
import { indexToWorld } from '../geometry/affine.js';
import type { Vector3 } from '../geometry/Geometry.js';
import type { Volume } from '../Volume.js';

export interface PadOptions {
  /** Voxels added before the first, in the order z, y, x; default none. */
  readonly before?: Vector3;
  /** Voxels added after the last, in the order z, y, x; default none. */
  readonly after?: Vector3;
  /** What is added: one value, the outermost voxel again, or the image mirrored at its outermost voxel. Default `'constant'`. */
  readonly mode?: 'constant' | 'edge' | 'reflect';
  /** The value for `'constant'`; default 0. */
  readonly fill?: number;
}

/**
 * A volume with voxels added around it; what was there stays in its place in the world (NumPy's `pad`).
 *
 * @throws ArgumentError when a count is not a whole number from 0 on.
 */
export function pad(volume: Volume, options: PadOptions): Volume {
  const { before = NONE, after = NONE, mode = 'constant', fill = 0 } = options;
  if (![...before, ...after].every((count) => Number.isSafeInteger(count) && count >= 0))
    throw new ArgumentError(
      `Padding is counted in whole numbers from 0 on (z, y, x), got [${before.join(', ')}] and [${after.join(', ')}].`,
    );
  const { dtype, shape, data } = volume.array;
  const leading = shape.slice(0, -3);
  const extents = shape.slice(-3);
  const padded = extents.map((extent, axis) => before[axis]! + extent + after[axis]!) as [number, number, number];
  const sources = extents.map((extent, axis) => sourcesOf(extent, before[axis]!, padded[axis]!, mode));
  const [fromZ, fromY, fromX] = sources as [Int32Array, Int32Array, Int32Array];
  const [depth, height, width] = padded;
  const blocks = sizeOf(leading);
  const target = allocate(dtype, blocks * depth * height * width);
  if (fill !== 0) target.fill(fill);
  let to = 0;
  for (let block = 0; block < blocks; block++) {
    for (let z = 0; z < depth; z++) {
      for (let y = 0; y < height; y++, to += width) {
        if (fromZ[z]! < 0 || fromY[y]! < 0) continue;
        const from = ((block * extents[0]! + fromZ[z]!) * extents[1]! + fromY[y]!) * extents[2]!;
        for (let x = 0; x < width; x++) {
          const column = fromX[x]!;
          if (column >= 0) target[to + x] = data[from + column]!;
        }
      }
    }
  }
  const origin = indexToWorld(volume, [-before[2], -before[1], -before[0]]);
  return { ...volume, array: { dtype, shape: [...leading, ...padded], data: target }, origin };
}

const NONE: Vector3 = [0, 0, 0];

/** Which element each one of a padded axis is taken from; -1 for the constant. */
function sourcesOf(extent: number, before: number, padded: number, mode: 'constant' | 'edge' | 'reflect'): Int32Array {
  const period = Math.max(1, 2 * (extent - 1));
  return Int32Array.from({ length: padded }, (_, i) => {
    const index = i - before;
    if (index >= 0 && index < extent) return index;
    if (mode === 'constant') return -1;
    if (mode === 'edge') return index < 0 ? 0 : extent - 1;
    const rest = ((index % period) + period) % period;
    return rest < extent ? rest : period - rest;
  });
}
