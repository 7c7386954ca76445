import type { Sample } from '@delira/core';
import { type ChannelParameters, mapChannels } from '../entries/perChannel.js';

/** What is subtracted from a channel, and what it is divided by. */
export interface Standard {
  readonly mean: number;
  readonly std: number;
}

export function standardise(sample: Sample, parameters: ChannelParameters<Standard>): Sample {
  return mapChannels(sample, parameters, (source, target, { mean, std }) => {
    for (let i = 0; i < source.length; i++) target[i] = (source[i]! - mean) / std;
  });
}
