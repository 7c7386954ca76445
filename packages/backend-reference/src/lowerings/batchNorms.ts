import { type Shape, sizeOf } from '@delira/core';
import type { Lower } from './Lower.js';

interface Channels {
  readonly samples: number;
  readonly channels: number;
  readonly inner: number;
  /** Elements of each channel. */
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

/** Sums over the channels of each group of neighbours. */
function sumGroups(values: Float64Array, groups: number): Float64Array {
  const sums = new Float64Array(groups);
  const perGroup = values.length / groups;
  for (let channel = 0; channel < values.length; channel++) {
    const group = Math.floor(channel / perGroup);
    sums[group] = sums[group]! + values[channel]!;
  }
  return sums;
}

const perChannel = (channels: number, value: (channel: number) => number): Float64Array =>
  Float64Array.from({ length: channels }, (_, channel) => value(channel));

export const batchNorm: Lower<'batchNorm'> = ([x, scale, bias], attrs, [out]) => {
  const from = x!.data;
  const layout = channelsOf(x!.shape);
  const { samples, channels, inner } = layout;
  const { epsilon, groups = channels } = attrs;
  const perGroup = channels / groups;
  const count = layout.count * perGroup;
  const groupOf = (channel: number): number => Math.floor(channel / perGroup);
  const sums = perChannel(channels, (channel) => sumChannel(layout, channel, (i) => from[i]!));
  const means = sumGroups(sums, groups).map((sum) => sum / count);
  const squares = perChannel(channels, (channel) => {
    const mean = means[groupOf(channel)]!;
    return sumChannel(layout, channel, (i) => (from[i]! - mean) * (from[i]! - mean));
  });
  const variances = sumGroups(squares, groups).map((sum) => sum / count);
  const data = new Float64Array(from.length);
  for (let channel = 0; channel < channels; channel++) {
    const mean = means[groupOf(channel)]!;
    const factor = scale!.data[channel]! / Math.sqrt(variances[groupOf(channel)]! + epsilon);
    const offset = bias!.data[channel]!;
    for (let sample = 0; sample < samples; sample++) {
      const start = (sample * channels + channel) * inner;
      for (let i = start; i < start + inner; i++) data[i] = (from[i]! - mean) * factor + offset;
    }
  }
  return [
    { shape: out!.shape, data },
    { shape: [groups], data: means },
    { shape: [groups], data: variances },
  ];
};

export const batchNormGrad: Lower<'batchNormGrad'> = ([x, scale, mean, variance, grad], attrs, [out]) => {
  const [from, gradients] = [x!.data, grad!.data];
  const layout = channelsOf(x!.shape);
  const { samples, channels, inner } = layout;
  const { epsilon, groups = channels } = attrs;
  const perGroup = channels / groups;
  const count = layout.count * perGroup;
  const groupOf = (channel: number): number => Math.floor(channel / perGroup);
  const inverses = perChannel(channels, (channel) => 1 / Math.sqrt(variance!.data[groupOf(channel)]! + epsilon));
  const normalized = (channel: number, i: number): number =>
    (from[i]! - mean!.data[groupOf(channel)]!) * inverses[channel]!;
  const biases = perChannel(channels, (channel) => sumChannel(layout, channel, (i) => gradients[i]!));
  const scales = perChannel(channels, (channel) =>
    sumChannel(layout, channel, (i) => gradients[i]! * normalized(channel, i)),
  );
  const scaled = (sums: Float64Array): Float64Array =>
    sumGroups(
      sums.map((sum, channel) => sum * scale!.data[channel]!),
      groups,
    );
  const [biasesOfGroups, scalesOfGroups] = [scaled(biases), scaled(scales)];
  const data = new Float64Array(from.length);
  for (let channel = 0; channel < channels; channel++) {
    const factor = scale!.data[channel]!;
    const [dBias, dScale] = [biasesOfGroups[groupOf(channel)]!, scalesOfGroups[groupOf(channel)]!];
    for (let sample = 0; sample < samples; sample++) {
      const start = (sample * channels + channel) * inner;
      for (let i = start; i < start + inner; i++) {
        const shared = (dBias + normalized(channel, i) * dScale) / count;
        data[i] = inverses[channel]! * (factor * gradients[i]! - shared);
      }
    }
  }
  return [
    { shape: out!.shape, data },
    { shape: [channels], data: scales },
    { shape: [channels], data: biases },
  ];
};
