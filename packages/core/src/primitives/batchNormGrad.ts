import { ShapeError } from '../errors/index.js';
import { formatShape, sameShape, sizeOf } from '../ndarray/index.js';
import type { Primitives } from '../ir/index.js';
import {
  batchNorm,
  checkChannels,
  groupsOf,
  meanOfGroups,
  normalizedAxes,
  ofChannels,
  perChannel,
} from './batchNorm.js';
import type { Tensor } from '../tensor/index.js';
import { arity } from './elementwise.js';
import type { Primitive } from './Primitive.js';

/**
 * Gradient of batchNorm: (x, scale, mean, variance, dy) give dx, dscale, dbias, with x̂ = (x − mean) / √(variance + epsilon):
 * dbias = Σ dy, dscale = Σ dy · x̂, dx = (scale · dy − mean of (scale · dy) − x̂ · mean of (scale · dy · x̂)) / √(variance + epsilon), where
 * the means are those of a channel, or of a group of channels.
 * mean and variance must be the batch's own; the gradient that flows through them is in dx. Differentiated through its decomposition.
 */
export const batchNormGrad: Primitive<Primitives['batchNormGrad']> = {
  infer(inputs, attrs) {
    arity('batchNormGrad', inputs, 5);
    const x = inputs[0]!;
    checkChannels('batchNormGrad', x, inputs.slice(1, 2));
    const groups = groupsOf('batchNormGrad', x, attrs);
    for (const { shape } of inputs.slice(2, 4)) {
      if (shape.length !== 1 || shape[0] !== groups)
        throw new ShapeError(
          `batchNormGrad: statistics of ${groups} groups have the shape [${groups}], got ${formatShape(shape)}.`,
        );
    }
    if (!sameShape(x.shape, inputs[4]!.shape))
      throw new ShapeError(
        `batchNormGrad: the gradient ${formatShape(inputs[4]!.shape)} must have the input's shape ${formatShape(x.shape)}.`,
      );
    const channel = { shape: [x.shape[1]!], dtype: x.dtype };
    return [{ shape: x.shape, dtype: x.dtype }, channel, channel];
  },
  vjp: 'decompose',
  decompose([x, scale, mean, variance, grad], { epsilon, groups = x!.shape[1]! }) {
    const rank = x!.shape.length;
    const channels = x!.shape[1]!;
    const axes = normalizedAxes(rank);
    const count = sizeOf(x!.shape) / channels;
    const deviation = ofChannels(variance!.add(epsilon).sqrt(), channels);
    const normalized = x!.sub(perChannel(ofChannels(mean!, channels), rank)).div(perChannel(deviation, rank));
    const dBias = grad!.sum(axes);
    const dScale = grad!.mul(normalized).sum(axes);
    const shared = (sum: Tensor): Tensor =>
      perChannel(ofChannels(meanOfGroups(scale!.mul(sum).mul(1 / count), groups), channels), rank);
    const centered = grad!
      .mul(perChannel(scale!, rank))
      .sub(shared(dBias))
      .sub(normalized.mul(shared(dScale)));
    return [centered.div(perChannel(deviation, rank)), dScale, dBias];
  },
  samples: batchNorm.samples.map(({ id, inputs: [x, channel], attrs }) => {
    const statistic = { ...channel!, shape: [groupsOf('batchNormGrad', x!, attrs)] };
    return {
      id,
      inputs: [x!, channel!, statistic, statistic, x!],
      attrs,
      // A variance must be positive.
      domain: [0.2, 2],
    };
  }),
};
