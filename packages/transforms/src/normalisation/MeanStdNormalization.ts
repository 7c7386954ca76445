import { ArgumentError, type Sample } from '@delira/core';
import { Augmentation } from '../Augmentation.js';
import { imagesOf } from '../entries/entriesOf.js';
import type { ImageOptions } from '../entries/EntryOptions.js';
import type { ChannelParameters } from '../entries/perChannel.js';
import { type Standard, standardise } from './standardise.js';

export interface MeanStdNormalizationOptions extends ImageOptions {
  /** One number for all channels, or one for each. */
  readonly mean: number | readonly number[];
  /** One number for all channels, or one for each; positive. */
  readonly std: number | readonly number[];
}

/** `(x - mean) / std` with given numbers (`MeanStdNormalizationTransform`, torchvision's `Normalize`). float32. */
export class MeanStdNormalization extends Augmentation<ChannelParameters<Standard>> {
  readonly name = 'MeanStdNormalization';
  readonly options: MeanStdNormalizationOptions;

  /** @throws ArgumentError when a standard deviation is not positive, or there are not as many as means. */
  constructor(options: MeanStdNormalizationOptions) {
    super();
    this.options = options;
    const { mean, std } = options;
    if (!asList(std).every((value) => value > 0 && value < Infinity) || !asList(mean).every(Number.isFinite))
      throw new ArgumentError(`mean ${String(mean)} and std ${String(std)}: expected finite numbers, std above 0.`);
    if (typeof mean === 'object' && typeof std === 'object' && mean.length !== std.length)
      throw new ArgumentError(`There are ${mean.length} means and ${std.length} standard deviations.`);
  }

  /** @throws ArgumentError when an image has another number of channels than there are means. */
  override draw(sample: Sample): ChannelParameters<Standard> {
    const { mean, std } = this.options;
    const given = typeof mean === 'object' ? mean.length : typeof std === 'object' ? std.length : 1;
    const drawn: Record<string, readonly Standard[]> = {};
    for (const key of imagesOf(sample, this.options)) {
      const channels = sample[key]!.shape[0]!;
      if ((typeof mean === 'object' || typeof std === 'object') && given !== channels)
        throw new ArgumentError(`"${key}" has ${channels} channels, mean and std are for ${given}.`);
      drawn[key] = Array.from({ length: given }, (_, channel) => ({
        mean: typeof mean === 'object' ? mean[channel]! : mean,
        std: typeof std === 'object' ? std[channel]! : std,
      }));
    }
    return drawn;
  }

  override apply(sample: Sample, parameters: ChannelParameters<Standard>): Sample {
    return standardise(sample, parameters);
  }
}

function asList(values: number | readonly number[]): readonly number[] {
  return typeof values === 'number' ? [values] : values;
}
