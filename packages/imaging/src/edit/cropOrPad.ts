import { ArgumentError } from '@delira/core';
import type { Vector3 } from '../geometry/Geometry.js';
import type { Volume } from '../Volume.js';
import { crop } from './crop.js';
import { pad, type PadOptions } from './pad.js';

/**
 * A volume with a given shape around its own centre: axes that are too long are cropped, those that are too short padded. Of an odd difference
 * the larger half is at the end.
 *
 * @param shape in the order z, y, x.
 * @throws ArgumentError when an extent is not a positive whole number.
 */
export function cropOrPad(volume: Volume, shape: Vector3, options: Omit<PadOptions, 'before' | 'after'> = {}): Volume {
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 1))
    throw new ArgumentError(`A shape is three positive whole numbers (z, y, x), got [${shape.join(', ')}].`);
  const extents = volume.array.shape.slice(-3);
  const start = extents.map((extent, axis) => Math.max(0, Math.floor((extent - shape[axis]!) / 2)));
  const end = start.map((first, axis) => first + Math.min(extents[axis]!, shape[axis]!));
  const missing = (axis: number): number => Math.max(0, shape[axis]! - extents[axis]!);
  const before = [0, 1, 2].map((axis) => Math.floor(missing(axis) / 2)) as unknown as Vector3;
  const after = [0, 1, 2].map((axis) => missing(axis) - before[axis]!) as unknown as Vector3;
  return pad(crop(volume, { start, end }), { ...options, before, after });
}
