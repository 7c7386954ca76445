import { formatShape, InputError, type Sample, sameShape, type Shape, ShapeError } from '@delira/core';
import { describe, findImages, masksOf } from './entriesOf.js';
import type { EntryOptions } from './EntryOptions.js';

/** What moves together. */
export interface SpatialEntries {
  readonly images: readonly string[];
  readonly masks: readonly string[];
  /** Extents of the spatial axes, two or three. */
  readonly spatial: Shape;
}

/**
 * The images and masks of a sample, which lie on the same voxels.
 *
 * @throws InputError when there is neither.
 * @throws ShapeError naming two entries whose spatial shapes differ.
 */
export function spatialEntriesOf(sample: Sample, options: EntryOptions): SpatialEntries {
  const masks = masksOf(sample, options);
  const images = findImages(sample, options);
  const first = images[0] ?? masks[0];
  if (first === undefined) throw new InputError(`No entry is an image or a mask: ${describe(sample)}.`);
  const shape = sample[first]!.shape;
  // Without an image nothing tells a channel axis from a spatial one, so that the convention of images holds.
  const spatial = shape.slice(1);
  if (spatial.length !== 2 && spatial.length !== 3)
    throw new ShapeError(
      `"${first}" has shape ${formatShape(shape)}. Without an image a mask must be [1, ...spatial].`,
    );
  for (const key of [...images, ...masks]) {
    const own = sample[key]!.shape;
    const bare = masks.includes(key) && own.length === spatial.length;
    if (!sameShape(bare ? own : own.slice(1), spatial))
      throw new ShapeError(
        `"${key}" has shape ${formatShape(own)}, "${first}" has ${formatShape(shape)}: their spatial axes differ. Resample one onto the other first.`,
      );
  }
  return { images, masks, spatial };
}
