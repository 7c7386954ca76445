import { ArgumentError, type Rng, type Sample } from '@delira/core';
import { Augmentation } from '../Augmentation.js';
import { type ChannelOptions, type ChannelParameters, drawChannels, mapChannels } from '../entries/perChannel.js';
import { minimumAndMaximum } from '../kernels/statistics.js';
import type { Bounds } from './PercentileClip.js';

export interface MinMaxNormalizationOptions extends ChannelOptions {
  /** Where the lowest and the highest value go; default [0, 1]. */
  readonly range?: readonly [lowest: number, highest: number];
}

/** Stretches intensities to a range (batchgenerators' `RangeTransform`). A channel of one value becomes the range's lower end. float32. */
export class MinMaxNormalization extends Augmentation<ChannelParameters<Bounds>> {
  readonly name = 'MinMaxNormalization';
  readonly options: MinMaxNormalizationOptions;

  /** @throws ArgumentError when the range's ends are not in order. */
  constructor(options: MinMaxNormalizationOptions = {}) {
    super();
    this.options = options;
    const [lowest, highest] = options.range ?? [0, 1];
    if (!(lowest < highest)) throw new ArgumentError(`range is [${lowest}, ${highest}]. Expected the lower end first.`);
  }

  override draw(sample: Sample, rng: Rng): ChannelParameters<Bounds> {
    return drawChannels(sample, this.options, rng, (_, values) => {
      const [lower, upper] = minimumAndMaximum(values());
      return { lower, upper };
    });
  }

  override apply(sample: Sample, parameters: ChannelParameters<Bounds>): Sample {
    const [lowest, highest] = this.options.range ?? [0, 1];
    return mapChannels(sample, parameters, (source, target, { lower, upper }) => {
      const scale = upper > lower ? (highest - lowest) / (upper - lower) : 0;
      for (let i = 0; i < source.length; i++) target[i] = lowest + (source[i]! - lower) * scale;
    });
  }
}
