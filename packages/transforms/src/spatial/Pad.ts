import type { Sample } from '@delira/core';
import { Augmentation } from '../Augmentation.js';
import type { EntryOptions } from '../entries/EntryOptions.js';
import { sizePerAxis } from '../entries/perAxis.js';
import { spatialEntriesOf } from '../entries/spatialEntriesOf.js';
import type { PaddingMode } from '../kernels/axisTables.js';
import { cutWindow, type FillOptions, type WindowParameters } from './cutWindow.js';

export interface PadOptions extends EntryOptions, FillOptions {
  /** The least number of voxels along each spatial axis; one number for all. Axes that have more keep them. Default 1. */
  readonly size?: number | readonly number[];
  /** What the number of voxels must be a multiple of, such as 2 to the number of a U-Net's poolings. Default 1. */
  readonly divisibleBy?: number | readonly number[];
  /** Default `'constant'`: `fill` and `maskFill`. */
  readonly mode?: PaddingMode;
}

/** Pads to a size, evenly on both sides, with the odd voxel after (batchgenerators' `pad_nd_image`). The dtypes stay. */
export class Pad extends Augmentation<WindowParameters> {
  readonly name = 'Pad';
  readonly options: PadOptions;

  constructor(options: PadOptions) {
    super();
    this.options = options;
  }

  override draw(sample: Sample): WindowParameters {
    const { size = 1, divisibleBy = 1 } = this.options;
    const { spatial } = spatialEntriesOf(sample, this.options);
    const least = sizePerAxis(size, spatial.length);
    const divisors = sizePerAxis(divisibleBy, spatial.length, 'divisibleBy');
    const padded = spatial.map((count, axis) => {
      const divisor = divisors[axis]!;
      return Math.ceil(Math.max(count, least[axis]!) / divisor) * divisor;
    });
    const before = spatial.map((count, axis) => -Math.floor((padded[axis]! - count) / 2));
    return { offset: before.map((offset) => (offset === 0 ? 0 : offset)), size: padded };
  }

  /** @throws ShapeError when entries do not lie on the same voxels. */
  override apply(sample: Sample, parameters: WindowParameters): Sample {
    return cutWindow(sample, parameters, this.options, this.options.mode);
  }
}
