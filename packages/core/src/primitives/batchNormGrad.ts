import { ShapeError } from '../errors/index.js';
import { formatShape, sameShape } from '../ndarray/index.js';
import type { Primitives } from '../ir/index.js';
import { batchNorm, checkChannels, normalizedAxes, perChannel } from './batchNorm.js';
import { arity } from './elementwise.js';
import type { Primitive } from './Primitive.js';

/**
 * Gradient of batchNorm: (x, scale, mean, variance, dy) give dx, dscale, dbias, with x̂ = (x − mean) / √(variance + epsilon):
 * dbias = Σ dy, dscale = Σ dy · x̂, dx = scale / √(variance + epsilon) · (dy − (dbias + x̂ · dscale) / count).
 * mean and variance must be the batch's own; the gradient that flows through them is in dx. Differentiated through its decomposition.
 */
export const batchNormGrad: Primitive<Primitives['batchNormGrad']> = {
  infer(inputs) {
    arity('batchNormGrad', inputs, 5);
    const x = inputs[0]!;
    checkChannels('batchNormGrad', x, inputs.slice(1, 4));
    if (!sameShape(x.shape, inputs[4]!.shape))
      throw new ShapeError(
        `batchNormGrad: the gradient ${formatShape(inputs[4]!.shape)} must have the input's shape ${formatShape(x.shape)}.`,
      );
    const channel = { shape: [x.shape[1]!], dtype: x.dtype };
    return [{ shape: x.shape, dtype: x.dtype }, channel, channel];
  },
  vjp: 'decompose',
  decompose([x, scale, mean, variance, grad], { epsilon }) {
    const rank = x!.shape.length;
    const axes = normalizedAxes(rank);
    const count = axes.reduce((product, axis) => product * x!.shape[axis]!, 1);
    const deviation = variance!.add(epsilon).sqrt();
    const normalized = x!.sub(perChannel(mean!, rank)).div(perChannel(deviation, rank));
    const dBias = grad!.sum(axes);
    const dScale = grad!.mul(normalized).sum(axes);
    const shared = perChannel(dBias.mul(1 / count), rank).add(normalized.mul(perChannel(dScale.mul(1 / count), rank)));
    return [grad!.sub(shared).mul(perChannel(scale!.div(deviation), rank)), dScale, dBias];
  },
  samples: batchNorm.samples.map(({ id, inputs: [x, channel], attrs }) => ({
    id,
    inputs: [x!, channel!, channel!, channel!, x!],
    attrs,
    // A variance must be positive.
    domain: [0.2, 2],
  })),
};
