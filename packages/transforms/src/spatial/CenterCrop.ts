import type { Sample } from '@delira/core';
import { Augmentation } from '../Augmentation.js';
import type { EntryOptions } from '../entries/EntryOptions.js';
import { sizePerAxis } from '../entries/perAxis.js';
import { spatialEntriesOf } from '../entries/spatialEntriesOf.js';
import { centredOffset, cutWindow, type FillOptions, type WindowParameters } from './cutWindow.js';

export interface CenterCropOptions extends EntryOptions, FillOptions {
  /** Voxels along each spatial axis; one number for all of them. */
  readonly size: number | readonly number[];
}

/** The window in the middle; where the image is smaller, what lies outside is filled. Draws nothing by chance, the dtypes stay. */
export class CenterCrop extends Augmentation<WindowParameters> {
  readonly name = 'CenterCrop';
  readonly options: CenterCropOptions;

  constructor(options: CenterCropOptions) {
    super();
    this.options = options;
  }

  override draw(sample: Sample): WindowParameters {
    const { spatial } = spatialEntriesOf(sample, this.options);
    const size = sizePerAxis(this.options.size, spatial.length);
    return { offset: centredOffset(spatial, size), size };
  }

  /** @throws ShapeError when entries do not lie on the same voxels. */
  override apply(sample: Sample, parameters: WindowParameters): Sample {
    return cutWindow(sample, parameters, this.options);
  }
}
