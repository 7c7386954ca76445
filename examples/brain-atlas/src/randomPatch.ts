import { allocate, type NDArray, ndarray, type Rng, type Shape } from '@delira/core';
import type { Transform } from '@delira/data-loading';
import { boxOf } from './blocks.js';

export interface PatchOptions {
  /** Extents of a patch; no larger than the images. */
  readonly size: Shape;
  /** Share of patches around a voxel of a class drawn first, so that small classes are seen as often as large ones; default 2/3. */
  readonly foreground?: number;
  /** Whether half of the patches are mirrored along the last axis; default false. */
  readonly mirror?: boolean;
}

/** Where a patch begins, and whether it is mirrored. */
export interface Patch {
  readonly start: Shape;
  readonly mirrored: boolean;
}

/** Draws a patch of an image whose labels are given. */
export function drawPatch(label: NDArray, options: PatchOptions, rng: Rng): Patch {
  const { size, foreground = 2 / 3, mirror = false } = options;
  const mirrored = mirror && rng.uniform() < 0.5;
  const centre = rng.uniform() < foreground ? drawVoxel(label, rng) : null;
  const start = label.shape.map((extent, axis) => {
    const room = extent - size[axis]!;
    if (centre === null) return rng.int(room + 1);
    return Math.min(Math.max(centre[axis]! - Math.floor(size[axis]! / 2), 0), room);
  });
  return { start, mirrored };
}

/** A voxel of one of the classes that are there, each class being as likely; null where there is none. */
function drawVoxel({ data, shape }: NDArray, rng: Rng): Shape | null {
  const counts: number[] = [];
  for (const label of data) counts[label] = (counts[label] ?? 0) + 1;
  const classes = Object.keys(counts)
    .map(Number)
    .filter((label) => label > 0);
  if (classes.length === 0) return null;
  const chosen = classes[rng.int(classes.length)]!;
  let left = rng.int(counts[chosen]!);
  let voxel = 0;
  for (; voxel < data.length; voxel++) if (data[voxel] === chosen && left-- === 0) break;
  const position: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    position.unshift(voxel % shape[axis]!);
    voxel = Math.floor(voxel / shape[axis]!);
  }
  return position;
}

/** The patch of an image `[C, ...spatial]`, or of labels `[...spatial]`. */
function cut(array: NDArray, { start, mirrored }: Patch, size: Shape): NDArray {
  const channels = array.shape.slice(0, array.shape.length - size.length);
  const ranges = [
    ...channels.map((extent) => [0, extent] as const),
    ...start.map((first, axis) => [first, first + size[axis]!] as const),
  ];
  const patch = boxOf(array, ranges);
  if (!mirrored) return patch;
  const width = size.at(-1)!;
  const data = allocate(patch.dtype, patch.data.length);
  for (let i = 0; i < data.length; i++) data[i] = patch.data[i - (i % width) + width - 1 - (i % width)]!;
  return { ...patch, data };
}

/**
 * Takes a random patch of each sample: `data [C, ...spatial]` and `label [...spatial]`. The entry `patch`, int32, says which: where it
 * begins, and 1 if it is mirrored.
 */
export function randomPatch(options: PatchOptions): Transform {
  return ({ data, label }, rng) => {
    const patch = drawPatch(label!, options, rng);
    return {
      data: cut(data!, patch, options.size),
      label: cut(label!, patch, options.size),
      patch: ndarray([...patch.start, patch.mirrored ? 1 : 0], [options.size.length + 1], 'int32'),
    };
  };
}
