import { castArray, type NDArray, type Sample, sameShape, type Shape } from '@delira/core';
import type { Interpolation } from '@delira/imaging';
import { Augmentation } from '../Augmentation.js';
import type { EntryOptions } from '../entries/EntryOptions.js';
import { sizePerAxis } from '../entries/perAxis.js';
import { readFloat, replaceEntries } from '../entries/replaceEntries.js';
import { spatialEntriesOf } from '../entries/spatialEntriesOf.js';
import { clipToRange } from '../kernels/clip.js';
import { gather } from '../kernels/gather.js';
import { type Alignment, nearestTable, resizeChannels } from '../kernels/resizeChannels.js';
import { resizeLabels } from '../kernels/resizeLabels.js';

export interface ResizeOptions extends EntryOptions {
  /** Voxels along each spatial axis; one number for all of them. */
  readonly size: number | readonly number[];
  /** Of images; default `'cubic'`, a spline clipped to the channel's old range. */
  readonly interpolation?: Interpolation;
  /** Of masks: `'linear'` (the default) resizes each label's own mask and takes the largest, `'nearest'` takes single voxels. */
  readonly maskInterpolation?: 'nearest' | 'linear';
  /** Default `'edges'`. */
  readonly align?: Alignment;
}

export interface ResizeParameters {
  readonly size: readonly number[];
}

/**
 * Resizes images and masks without smoothing first (`ResizeTransform`, `skimage.transform.resize`). Images become float32, masks keep dtype and
 * values. Draws nothing by chance.
 */
export class Resize extends Augmentation<ResizeParameters> {
  readonly name = 'Resize';
  readonly options: ResizeOptions;

  constructor(options: ResizeOptions) {
    super();
    this.options = options;
  }

  override draw(sample: Sample): ResizeParameters {
    const { spatial } = spatialEntriesOf(sample, this.options);
    return { size: sizePerAxis(this.options.size, spatial.length) };
  }

  /** @throws ShapeError when entries do not lie on the same voxels. */
  override apply(sample: Sample, { size }: ResizeParameters): Sample {
    const { images, masks, spatial } = spatialEntriesOf(sample, this.options);
    if (sameShape(spatial, size)) return replaceEntries(sample, images, (array) => castArray(array, 'float32'));
    const resized = replaceEntries(sample, images, (array) => this.#resizeImage(array, size));
    return replaceEntries(resized, masks, (array) => this.#resizeMask(array, spatial, size));
  }

  #resizeImage(array: NDArray, size: Shape): NDArray {
    const { interpolation = 'cubic', align = 'edges' } = this.options;
    const source: NDArray<'float32'> = { dtype: 'float32', shape: array.shape, data: readFloat(array) };
    const resized = resizeChannels(source, size, { interpolation, align });
    if (interpolation === 'cubic') clipToRange(resized.data as Float32Array, source.data, array.shape[0]!);
    return resized;
  }

  #resizeMask(array: NDArray, spatial: Shape, size: Shape): NDArray {
    const { maskInterpolation = 'linear', align = 'edges' } = this.options;
    if (maskInterpolation === 'nearest')
      return gather(
        array,
        spatial.map((count, axis) => nearestTable(count, size[axis]!, align)),
        0,
      );
    const leading = array.shape.slice(0, array.shape.length - spatial.length);
    const withChannels = leading.length === 0 ? { ...array, shape: [1, ...array.shape] } : array;
    return { ...resizeLabels(withChannels, size, align), shape: [...leading, ...size] };
  }
}
