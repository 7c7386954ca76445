import { type Shape, sizeOf } from '@delira/core';
import type { Lower } from './Lower.js';

interface Channels {
  readonly samples: number;
  readonly channels: number;
  readonly inner: number;
  /** Elements each channel's statistics are taken over. */
  readonly count: number;
}

function channelsOf(shape: Shape): Channels {
  const [samples, channels] = [shape[0]!, shape[1]!];
  const inner = sizeOf(shape.slice(2));
  return { samples, channels, inner, count: samples * inner };
}

/** Sums `term(index)` over the elements of a channel of [N, C, ...spatial]. */
function sumChannel({ samples, channels, inner }: Channels, channel: number, term: (index: number) => number): number {
  let sum = 0;
  for (let sample = 0; sample < samples; sample++) {
    const start = (sample * channels + channel) * inner;
    for (let i = start; i < start + inner; i++) sum += term(i);
  }
  return sum;
}

export const batchNorm: Lower<'batchNorm'> = ([x, scale, bias], { epsilon }, [out]) => {
  const from = x!.data;
  const layout = channelsOf(x!.shape);
  const { samples, channels, inner, count } = layout;
  const data = new Float64Array(from.length);
  const means = new Float64Array(channels);
  const variances = new Float64Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const mean = sumChannel(layout, channel, (i) => from[i]!) / count;
    const variance = sumChannel(layout, channel, (i) => (from[i]! - mean) * (from[i]! - mean)) / count;
    means[channel] = mean;
    variances[channel] = variance;
    const factor = scale!.data[channel]! / Math.sqrt(variance + epsilon);
    const offset = bias!.data[channel]!;
    for (let sample = 0; sample < samples; sample++) {
      const start = (sample * channels + channel) * inner;
      for (let i = start; i < start + inner; i++) data[i] = (from[i]! - mean) * factor + offset;
    }
  }
  return [
    { shape: out!.shape, data },
    { shape: [channels], data: means },
    { shape: [channels], data: variances },
  ];
};

export const batchNormGrad: Lower<'batchNormGrad'> = ([x, scale, mean, variance, grad], { epsilon }, [out]) => {
  const [from, gradients] = [x!.data, grad!.data];
  const layout = channelsOf(x!.shape);
  const { samples, channels, inner, count } = layout;
  const data = new Float64Array(from.length);
  const scales = new Float64Array(channels);
  const biases = new Float64Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const center = mean!.data[channel]!;
    const inverse = 1 / Math.sqrt(variance!.data[channel]! + epsilon);
    const dBias = sumChannel(layout, channel, (i) => gradients[i]!);
    const dScale = sumChannel(layout, channel, (i) => gradients[i]! * (from[i]! - center) * inverse);
    biases[channel] = dBias;
    scales[channel] = dScale;
    const factor = scale!.data[channel]! * inverse;
    for (let sample = 0; sample < samples; sample++) {
      const start = (sample * channels + channel) * inner;
      for (let i = start; i < start + inner; i++) {
        const normalized = (from[i]! - center) * inverse;
        data[i] = factor * (gradients[i]! - (dBias + normalized * dScale) / count);
      }
    }
  }
  return [
    { shape: out!.shape, data },
    { shape: [channels], data: scales },
    { shape: [channels], data: biases },
  ];
};
