import type { Rng, Sample } from '@delira/core';
import { Augmentation } from '../Augmentation.js';
import type { ImageOptions } from '../entries/EntryOptions.js';
import { type ChannelParameters, drawChannels, mapChannels } from '../entries/perChannel.js';
import { checkRange, drawUniform, type Range } from '../entries/Range.js';
import { fillNoise } from '../kernels/normalNoise.js';

export interface GaussianNoiseOptions extends ImageOptions {
  /** Of the noise's standard deviation, in units of the intensities; default [0, 0.1]. batchgenerators calls it variance. */
  readonly std?: Range;
  /** Whether each channel has a standard deviation of its own; default false. */
  readonly perChannel?: boolean;
}

/** How strong the noise is, and the seed it is made of: numbers for each voxel would be no parameters. */
export interface NoiseParameters {
  readonly std: number;
  readonly seed: number;
}

/** Adds normal noise with mean zero (`GaussianNoiseTransform`). float32. */
export class GaussianNoise extends Augmentation<ChannelParameters<NoiseParameters>> {
  readonly name = 'GaussianNoise';
  readonly options: GaussianNoiseOptions;

  /** @throws ArgumentError when the standard deviations are no range, or negative. */
  constructor(options: GaussianNoiseOptions = {}) {
    super();
    this.options = options;
    checkRange(options.std ?? 0, 'std', 'not negative');
  }

  override draw(sample: Sample, rng: Rng): ChannelParameters<NoiseParameters> {
    const { std = [0, 0.1], perChannel = false } = this.options;
    return drawChannels(sample, { ...this.options, perChannel }, rng, (stream) => ({
      std: drawUniform(std, stream),
      seed: stream.int(2 ** 32),
    }));
  }

  override apply(sample: Sample, parameters: ChannelParameters<NoiseParameters>): Sample {
    return mapChannels(sample, parameters, (source, target, { std, seed }) => {
      if (std === 0) {
        target.set(source);
        return;
      }
      fillNoise(target, seed);
      for (let i = 0; i < source.length; i++) target[i] = source[i]! + std * target[i]!;
    });
  }
}
