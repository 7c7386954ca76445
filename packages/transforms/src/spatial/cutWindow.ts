import type { Sample } from '@delira/core';
import type { EntryOptions } from '../entries/EntryOptions.js';
import { replaceEntries } from '../entries/replaceEntries.js';
import { spatialEntriesOf } from '../entries/spatialEntriesOf.js';
import { type PaddingMode, windowTable } from '../kernels/axisTables.js';
import { gather } from '../kernels/gather.js';

/** Where a window begins; negative where it begins outside of the image. */
export interface WindowParameters {
  readonly offset: readonly number[];
  readonly size: readonly number[];
}

export interface FillOptions {
  /** Value of image voxels outside of the sample; default 0. */
  readonly fill?: number;
  /** Value of mask voxels outside of the sample; default 0. */
  readonly maskFill?: number;
}

/** Cuts the same window out of all images and masks. */
export function cutWindow(
  sample: Sample,
  { offset, size }: WindowParameters,
  options: EntryOptions & FillOptions,
  mode: PaddingMode = 'constant',
): Sample {
  const { images, masks, spatial } = spatialEntriesOf(sample, options);
  const { fill = 0, maskFill = 0 } = options;
  const tables = spatial.map((count, axis) => windowTable(count, offset[axis]!, size[axis]!, mode));
  const cut = replaceEntries(sample, images, (array) => gather(array, tables, fill));
  return replaceEntries(cut, masks, (array) => gather(array, tables, maskFill));
}

/** Where a window lies in the middle; the smaller half comes first, as in batchgenerators. */
export function centredOffset(spatial: readonly number[], size: readonly number[]): readonly number[] {
  return spatial.map((count, axis) => Math.floor((count - size[axis]!) / 2));
}
