import type { Rng, Sample } from '@delira/core';
import { Augmentation } from '../Augmentation.js';
import { type ChannelOptions, type ChannelParameters, drawChannels } from '../entries/perChannel.js';
import { meanAndStd } from '../kernels/statistics.js';
import { type Standard, standardise } from './standardise.js';

export interface ZScoreNormalizationOptions extends ChannelOptions {
  /** Whether voxels that are exactly 0 are left out of the statistics (they are normalised too), for images with an empty background; default false. */
  readonly nonzero?: boolean;
}

/** What a channel without any spread is divided by, as nnU-Net has it. */
const LEAST_STD = 1e-8;

/**
 * Mean 0 and standard deviation 1, measured on the sample itself (batchgenerators' `ZeroMeanUnitVarianceTransform`). What is drawn are the
 * statistics: replayed on another sample they apply there. float32.
 */
export class ZScoreNormalization extends Augmentation<ChannelParameters<Standard>> {
  readonly name = 'ZScoreNormalization';
  readonly options: ZScoreNormalizationOptions;

  constructor(options: ZScoreNormalizationOptions = {}) {
    super();
    this.options = options;
  }

  override draw(sample: Sample, rng: Rng): ChannelParameters<Standard> {
    const { nonzero = false } = this.options;
    return drawChannels(sample, this.options, rng, (_, values) => {
      const [mean, std] = meanAndStd(nonzero ? values().filter((value) => value !== 0) : values());
      return { mean, std: Math.max(std, LEAST_STD) };
    });
  }

  override apply(sample: Sample, parameters: ChannelParameters<Standard>): Sample {
    return standardise(sample, parameters);
  }
}
