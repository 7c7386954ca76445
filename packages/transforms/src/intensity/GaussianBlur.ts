import type { Rng, Sample } from '@delira/core';
import { Augmentation } from '../Augmentation.js';
import { type ChannelOptions, type ChannelParameters, drawChannels, mapEachChannel } from '../entries/perChannel.js';
import { perAxis } from '../entries/perAxis.js';
import { checkRange, drawUniform, type Range } from '../entries/Range.js';
import { blur } from '../kernels/blur.js';

export interface GaussianBlurOptions extends ChannelOptions {
  /** Of the standard deviation, in voxels; default [0.5, 1]. */
  readonly sigma?: Range;
  /** Whether each axis has a standard deviation of its own; default false. */
  readonly sigmaPerAxis?: boolean;
}

/**
 * Blurs images (batchgenerators' `GaussianBlurTransform`, `scipy.ndimage.gaussian_filter`). Parameters: for each channel the standard deviation
 * along each spatial axis. float32.
 */
export class GaussianBlur extends Augmentation<ChannelParameters<readonly number[]>> {
  readonly name = 'GaussianBlur';
  readonly options: GaussianBlurOptions;

  /** @throws ArgumentError when the standard deviations are no range, or negative. */
  constructor(options: GaussianBlurOptions = {}) {
    super();
    this.options = options;
    checkRange(options.sigma ?? 0, 'sigma', 'not negative');
  }

  override draw(sample: Sample, rng: Rng): ChannelParameters<readonly number[]> {
    const { sigma = [0.5, 1], sigmaPerAxis = false } = this.options;
    return drawChannels(sample, this.options, rng, (stream, _, rank) => {
      const common = drawUniform(sigma, stream);
      return Array.from({ length: rank }, () => (sigmaPerAxis ? drawUniform(sigma, stream) : common));
    });
  }

  override apply(sample: Sample, parameters: ChannelParameters<readonly number[]>): Sample {
    return mapEachChannel(sample, parameters, (source, target, sigmas, spatial) => {
      blur(source, target, spatial, perAxis(sigmas, spatial.length, 'sigma'));
    });
  }
}
