import { ArgumentError, formatShape, type Shape } from '@delira/core';

/**
 * Where windows begin so that they cover an image: one list of positions per axis. The last window of an axis is moved back to end with
 * the image. Equal to MONAI's `dense_patch_slices`.
 *
 * @param image extents of the spatial axes, each at least the window's.
 * @param overlap share of a window that the next one covers again, in [0, 1): one number, or one per axis.
 * @throws ArgumentError
 */
export function windowStarts(image: Shape, window: Shape, overlap: number | readonly number[]): readonly number[][] {
  const overlaps = typeof overlap === 'number' ? window.map(() => overlap) : overlap;
  if (image.length !== window.length || overlaps.length !== window.length)
    throw new ArgumentError(
      `A window of size ${formatShape(window)} with overlaps ${formatShape(overlaps)} does not fit images of size ${formatShape(image)}. Give one number per spatial axis.`,
    );
  return image.map((extent, axis) => {
    const size = window[axis]!;
    const share = overlaps[axis]!;
    if (!Number.isInteger(size) || size < 1 || size > extent)
      throw new ArgumentError(`A window of ${size} does not fit into an extent of ${extent} (axis ${axis}).`);
    if (!(share >= 0 && share < 1))
      throw new ArgumentError(`The overlap of windows must be at least 0 and less than 1, got ${share}.`);
    if (size === extent) return [0];
    const step = Math.max(1, Math.trunc(size * (1 - share)));
    const starts: number[] = [];
    for (let start = 0; start + size < extent; start += step) starts.push(start);
    return [...starts, extent - size];
  });
}
