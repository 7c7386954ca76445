import { ArgumentError, type Rng, type Sample } from '@delira/core';
import { Augmentation } from '../Augmentation.js';
import { type ChannelOptions, type ChannelParameters, drawChannels, mapChannels } from '../entries/perChannel.js';
import { percentiles } from '../kernels/statistics.js';

export interface PercentileClipOptions extends ChannelOptions {
  /** In percent; default 0.5. */
  readonly lower?: number;
  /** In percent; default 99.5. */
  readonly upper?: number;
}

/** The lowest and the highest intensity of a channel, in its own units. */
export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

/** Clips outliers at percentiles of the sample itself (batchgenerators' `CutOffOutliersTransform`, NumPy's linear percentiles). float32. */
export class PercentileClip extends Augmentation<ChannelParameters<Bounds>> {
  readonly name = 'PercentileClip';
  readonly options: PercentileClipOptions;

  /** @throws ArgumentError unless 0 ≤ lower ≤ upper ≤ 100. */
  constructor(options: PercentileClipOptions = {}) {
    super();
    this.options = options;
    const { lower = 0.5, upper = 99.5 } = options;
    if (!(lower >= 0 && lower <= upper && upper <= 100))
      throw new ArgumentError(`The percentiles are ${lower} and ${upper}. Expected 0 ≤ lower ≤ upper ≤ 100.`);
  }

  override draw(sample: Sample, rng: Rng): ChannelParameters<Bounds> {
    const { lower: low = 0.5, upper: high = 99.5 } = this.options;
    return drawChannels(sample, this.options, rng, (_, values) => {
      const [lower, upper] = percentiles(values(), [low, high]) as [number, number];
      return { lower, upper };
    });
  }

  override apply(sample: Sample, parameters: ChannelParameters<Bounds>): Sample {
    return mapChannels(sample, parameters, (source, target, { lower, upper }) => {
      for (let i = 0; i < source.length; i++) target[i] = Math.min(upper, Math.max(lower, source[i]!));
    });
  }
}
