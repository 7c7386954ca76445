import type { Rng, Sample } from '@delira/core';
import { Augmentation } from '../Augmentation.js';
import { type ChannelOptions, type ChannelParameters, drawChannels, mapEachChannel } from '../entries/perChannel.js';
import { checkRange, drawFactor, type Range } from '../entries/Range.js';
import { mean, minimumAndMaximum } from '../kernels/statistics.js';

export interface ContrastOptions extends ChannelOptions {
  /** Of the factor, which is drawn below and above one equally often; default [0.75, 1.25]. */
  readonly range?: Range;
  /** Whether results are clipped to the channel's old range; default true. */
  readonly preserveRange?: boolean;
}

/** Moves intensities away from a channel's mean or towards it: `(x - mean) · factor + mean` (`ContrastAugmentationTransform`). float32. */
export class Contrast extends Augmentation<ChannelParameters<number>> {
  readonly name = 'Contrast';
  readonly options: ContrastOptions;

  /** @throws ArgumentError when the range is none. */
  constructor(options: ContrastOptions = {}) {
    super();
    this.options = options;
    checkRange(options.range ?? 1, 'range', 'not negative');
  }

  override draw(sample: Sample, rng: Rng): ChannelParameters<number> {
    const { range = [0.75, 1.25] } = this.options;
    return drawChannels(sample, this.options, rng, (stream) => drawFactor(range, stream));
  }

  override apply(sample: Sample, parameters: ChannelParameters<number>): Sample {
    const { preserveRange = true } = this.options;
    return mapEachChannel(sample, parameters, (source, target, factor) => {
      const middle = mean(source);
      const [lowest, highest] = preserveRange ? minimumAndMaximum(source) : [-Infinity, Infinity];
      for (let i = 0; i < source.length; i++) {
        // The same as (x - mean) · factor + mean, and exactly x where the factor is one.
        const value = source[i]! + (source[i]! - middle) * (factor - 1);
        target[i] = Math.min(Math.max(value, lowest), highest);
      }
    });
  }
}
