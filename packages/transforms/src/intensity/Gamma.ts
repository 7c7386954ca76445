import type { Rng, Sample } from '@delira/core';
import { Augmentation } from '../Augmentation.js';
import { type ChannelOptions, type ChannelParameters, drawChannels, mapChannels } from '../entries/perChannel.js';
import { checkRange, drawFactor, type Range } from '../entries/Range.js';
import { raise } from '../kernels/raise.js';
import { meanAndStd, minimumAndMaximum } from '../kernels/statistics.js';

export interface GammaOptions extends ChannelOptions {
  /** Of the exponent, which is drawn below and above one equally often; default [0.7, 1.5]. */
  readonly range?: Range;
  /** Whether dark and bright change places before, and again after; default false. */
  readonly invert?: boolean;
  /** Whether mean and standard deviation are restored after; default false. */
  readonly retainStatistics?: boolean;
}

/** What a channel without any range, or without any spread, is divided by: batchgenerators' numbers. */
const LEAST_RANGE = 1e-7;
const LEAST_STD = 1e-8;

/** Raises a channel's range, taken as [0, 1], to a power (batchgenerators' `GammaTransform`). float32. */
export class Gamma extends Augmentation<ChannelParameters<number>> {
  readonly name = 'Gamma';
  readonly options: GammaOptions;

  /** @throws ArgumentError when the range is none, or not positive. */
  constructor(options: GammaOptions = {}) {
    super();
    this.options = options;
    checkRange(options.range ?? 1, 'range', 'positive');
  }

  override draw(sample: Sample, rng: Rng): ChannelParameters<number> {
    const { range = [0.7, 1.5] } = this.options;
    return drawChannels(sample, this.options, rng, (stream) => drawFactor(range, stream));
  }

  override apply(sample: Sample, parameters: ChannelParameters<number>): Sample {
    const { invert = false, retainStatistics = false } = this.options;
    return mapChannels(sample, parameters, (source, target, gamma) => {
      if (gamma === 1) target.set(source);
      else raiseRange(source, target, gamma, invert);
      if (gamma !== 1 && retainStatistics) restore(source, target);
    });
  }
}

function raiseRange(source: Float32Array, target: Float32Array, gamma: number, invert: boolean): void {
  const [minimum, maximum] = minimumAndMaximum(source);
  // Inverted, the range is counted down from the maximum.
  const [start, sign] = invert ? [maximum, -1] : [minimum, 1];
  const range = maximum - minimum + LEAST_RANGE;
  const scale = sign / range;
  for (let i = 0; i < source.length; i++) target[i] = (source[i]! - start) * scale;
  raise(target, gamma);
  const back = sign * range;
  for (let i = 0; i < target.length; i++) target[i] = start + back * target[i]!;
}

function restore(source: Float32Array, target: Float32Array): void {
  const [mean, std] = meanAndStd(source);
  const [newMean, newStd] = meanAndStd(target);
  const scale = std / (newStd + LEAST_STD);
  for (let i = 0; i < target.length; i++) target[i] = (target[i]! - newMean) * scale + mean;
}
