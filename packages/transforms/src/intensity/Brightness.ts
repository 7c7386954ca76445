import type { Rng, Sample } from '@delira/core';
import { Augmentation } from '../Augmentation.js';
import { type ChannelOptions, type ChannelParameters, drawChannels, mapChannels } from '../entries/perChannel.js';
import { checkRange, drawUniform, type Range } from '../entries/Range.js';

export interface BrightnessOptions extends ChannelOptions {
  /** Of the factor, drawn uniformly; default [0.75, 1.25]. */
  readonly multiplicative?: Range;
  /** Of what is added after, in units of the intensities, drawn uniformly; default 0. */
  readonly additive?: Range;
}

export interface BrightnessParameters {
  readonly factor: number;
  readonly offset: number;
}

/** `x · factor + offset` (batchgenerators' `BrightnessMultiplicativeTransform`; its additive one draws a normal offset). float32. */
export class Brightness extends Augmentation<ChannelParameters<BrightnessParameters>> {
  readonly name = 'Brightness';
  readonly options: BrightnessOptions;

  /** @throws ArgumentError when a range is none, or a factor negative. */
  constructor(options: BrightnessOptions = {}) {
    super();
    this.options = options;
    checkRange(options.multiplicative ?? 1, 'multiplicative', 'not negative');
    checkRange(options.additive ?? 0, 'additive');
  }

  override draw(sample: Sample, rng: Rng): ChannelParameters<BrightnessParameters> {
    const { multiplicative = [0.75, 1.25], additive = 0 } = this.options;
    return drawChannels(sample, this.options, rng, (stream) => ({
      factor: drawUniform(multiplicative, stream),
      offset: drawUniform(additive, stream),
    }));
  }

  override apply(sample: Sample, parameters: ChannelParameters<BrightnessParameters>): Sample {
    return mapChannels(sample, parameters, (source, target, { factor, offset }) => {
      for (let i = 0; i < source.length; i++) target[i] = source[i]! * factor + offset;
    });
  }
}
