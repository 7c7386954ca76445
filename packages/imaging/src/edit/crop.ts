import { sizeOf } from '@delira/core';
import { indexToWorld } from '../geometry/affine.js';
import type { Box } from '../measure/boundingBox.js';
import type { Volume } from '../Volume.js';
import { checkBox } from './checkBox.js';

/**
 * The part of a volume inside a box, in its place: the origin moves. A copy.
 *
 * @param box of the last three axes, z, y, x; `boundingBox` gives one.
 * @throws ArgumentError when the box is empty or does not lie in the volume.
 */
export function crop(volume: Volume, box: Box): Volume {
  const { dtype, shape, data } = volume.array;
  const extents = shape.slice(-3);
  checkBox(box, extents);
  const leading = shape.slice(0, -3);
  const [front, top, left] = box.start as [number, number, number];
  const [depth, height, width] = box.end.map((stop, axis) => stop - box.start[axis]!) as [number, number, number];
  const cropped = data.slice(0, sizeOf(leading) * depth * height * width);
  let to = 0;
  for (let block = 0; block < sizeOf(leading); block++) {
    for (let z = 0; z < depth; z++) {
      for (let y = 0; y < height; y++, to += width) {
        const from = ((block * extents[0]! + front + z) * extents[1]! + top + y) * extents[2]! + left;
        cropped.set(data.subarray(from, from + width), to);
      }
    }
  }
  const array = { dtype, shape: [...leading, depth, height, width], data: cropped };
  return { ...volume, array, origin: indexToWorld(volume, [left, top, front]) };
}
