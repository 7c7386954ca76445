import type { Tensor } from '@tensorflow/tfjs-core';
import { sizeOf } from '@delira/core';
import type { Kernels } from '../engines/Kernels.js';
import { Value } from '../Value.js';
import type { Lower } from './Lower.js';

/** x [N, C, ...spatial] as columns [rows, C]. */
function columnsOf(x: Value): Tensor {
  const channels = x.shape[1]!;
  return x.kernels.reshape(x.as('channelsLast'), [sizeOf(x.shape) / channels, channels]);
}

/** Means of a value per channel over the channels of each group. */
function ofGroups(kernels: Kernels, value: Tensor, groups: number): Tensor {
  const channels = value.size;
  if (groups === channels) return value;
  const sum = kernels.sum(kernels.reshape(value, [groups, channels / groups]), [1]);
  return kernels.mul(sum, kernels.scalar(groups / channels));
}

/** A value per group for each of its channels. */
function ofChannels(kernels: Kernels, value: Tensor, channels: number): Tensor {
  const groups = value.size;
  if (groups === channels) return value;
  const full = kernels.expand(kernels.reshape(value, [groups, 1]), [groups, channels / groups]);
  return kernels.reshape(full, [channels]);
}

function inverseDeviation(kernels: Kernels, variance: Tensor, epsilon: number): Tensor {
  return kernels.run('Rsqrt', { x: kernels.add(variance, kernels.scalar(epsilon)) });
}

export const batchNorm: Lower<'batchNorm'> = ([x, scale, bias], attrs, [out, statistic]) => {
  const { kernels, shape } = x!;
  const channels = shape[1]!;
  const { epsilon, groups = channels } = attrs;
  const columns = columnsOf(x!);
  const mean = ofGroups(kernels, kernels.columnMeans(columns), groups);
  const centered = kernels.sub(columns, ofChannels(kernels, mean, channels));
  const variance = ofGroups(kernels, kernels.columnMeans(kernels.mul(centered, centered)), groups);
  const factor = kernels.mul(scale!.any, ofChannels(kernels, inverseDeviation(kernels, variance, epsilon), channels));
  const y = kernels.add(kernels.mul(centered, factor), bias!.any);
  return [
    new Value(kernels, out!.shape, kernels.reshape(y, x!.as('channelsLast').shape), 'channelsLast'),
    new Value(kernels, statistic!.shape, mean),
    new Value(kernels, statistic!.shape, variance),
  ];
};

export const batchNormGrad: Lower<'batchNormGrad'> = ([x, scale, mean, variance, grad], attrs, [out, channel]) => {
  const { kernels, shape } = x!;
  const channels = shape[1]!;
  const { epsilon, groups = channels } = attrs;
  const [columns, gradient] = [columnsOf(x!), columnsOf(grad!)];
  const inverse = ofChannels(kernels, inverseDeviation(kernels, variance!.any, epsilon), channels);
  const centered = kernels.sub(columns, ofChannels(kernels, mean!.any, channels));
  const dBias = kernels.columnMeans(gradient);
  const dScale = kernels.mul(kernels.columnMeans(kernels.mul(gradient, centered)), inverse);
  const shared = (value: Tensor): Tensor =>
    ofChannels(kernels, ofGroups(kernels, kernels.mul(scale!.any, value), groups), channels);
  // dx = inverse · (scale · dy − shared dBias − centered · inverse · shared dScale), as sums per element.
  const ofGradient = kernels.mul(gradient, kernels.mul(scale!.any, inverse));
  const ofCentered = kernels.mul(centered, kernels.mul(kernels.mul(inverse, inverse), shared(dScale)));
  const dx = kernels.sub(kernels.sub(ofGradient, ofCentered), kernels.mul(inverse, shared(dBias)));
  const rows = kernels.scalar(sizeOf(shape) / channels);
  return [
    new Value(kernels, out!.shape, kernels.reshape(dx, x!.as('channelsLast').shape), 'channelsLast'),
    new Value(kernels, channel!.shape, kernels.mul(dScale, rows)),
    new Value(kernels, channel!.shape, kernels.mul(dBias, rows)),
  ];
};
