import type { Rng, Sample } from '@delira/core';
import { Augmentation } from '../Augmentation.js';
import type { EntryOptions } from '../entries/EntryOptions.js';
import { perAxis, sizePerAxis } from '../entries/perAxis.js';
import { spatialEntriesOf } from '../entries/spatialEntriesOf.js';
import { centredOffset, cutWindow, type FillOptions, type WindowParameters } from './cutWindow.js';

export interface RandomCropOptions extends EntryOptions, FillOptions {
  /** Voxels along each spatial axis; one number for all of them. */
  readonly size: number | readonly number[];
  /** How far the window keeps away from the edges, in voxels; default 0. */
  readonly margin?: number | readonly number[];
}

/**
 * A window at a random place, the same of images and masks (delira's and batchgenerators' `RandomCropTransform`; there the last possible
 * place never occurred). Along axes that are too small for the window and its margins it is centred, and what lies outside is filled. The
 * dtypes stay.
 */
export class RandomCrop extends Augmentation<WindowParameters> {
  readonly name = 'RandomCrop';
  readonly options: RandomCropOptions;

  constructor(options: RandomCropOptions) {
    super();
    this.options = options;
  }

  override draw(sample: Sample, rng: Rng): WindowParameters {
    const { spatial } = spatialEntriesOf(sample, this.options);
    const size = sizePerAxis(this.options.size, spatial.length);
    const margins = perAxis(this.options.margin ?? 0, spatial.length, 'margin');
    return { offset: drawOffset(spatial, size, margins, rng), size };
  }

  /** @throws ShapeError when entries do not lie on the same voxels. */
  override apply(sample: Sample, parameters: WindowParameters): Sample {
    return cutWindow(sample, parameters, this.options);
  }
}

export function drawOffset(
  spatial: readonly number[],
  size: readonly number[],
  margins: readonly number[],
  rng: Rng,
): readonly number[] {
  const centred = centredOffset(spatial, size);
  return spatial.map((count, axis) => {
    const margin = margins[axis]!;
    const places = count - size[axis]! - 2 * margin + 1;
    return places > 0 ? margin + rng.int(places) : centred[axis]!;
  });
}
