import { ShapeError } from '../errors/index.js';
import { formatShape } from '../ndarray/index.js';
import type { Aval, Primitives } from '../ir/index.js';
import { bindAll, type Tensor } from '../tensor/index.js';
import { arity, requireFloat } from './elementwise.js';
import { aval, type Primitive } from './Primitive.js';

/** Axes statistics are taken over: all but the channels. */
export function normalizedAxes(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 1);
}

/** A value per channel, shaped to broadcast over x [N, C, ...spatial]. */
export function perChannel(value: Tensor, rank: number): Tensor {
  return value.reshape([1, value.shape[0]!, ...new Array<number>(rank - 2).fill(1)]);
}

export function checkChannels(name: string, x: Aval, values: readonly Aval[]): void {
  requireFloat(name, x);
  if (x.shape.length < 2) throw new ShapeError(`${name}: expected [N, C, ...spatial], got ${formatShape(x.shape)}.`);
  for (const { shape } of values) {
    if (shape.length !== 1 || shape[0] !== x.shape[1]) {
      throw new ShapeError(
        `${name}: the input ${formatShape(x.shape)} has ${x.shape[1]} channels, expected values of shape [${x.shape[1]}], got ${formatShape(shape)}.`,
      );
    }
  }
}

/**
 * Normalises each channel of x [N, C, ...spatial] with the batch's own statistics (Ioffe & Szegedy, 2015):
 * y = (x − mean) / √(variance + epsilon) · scale + bias. Also gives mean [C] and the biased variance [C].
 */
export const batchNorm: Primitive<Primitives['batchNorm']> = {
  infer(inputs) {
    arity('batchNorm', inputs, 3);
    const x = inputs[0]!;
    checkChannels('batchNorm', x, inputs.slice(1));
    const channel = { shape: [x.shape[1]!], dtype: x.dtype };
    return [{ shape: x.shape, dtype: x.dtype }, channel, channel];
  },
  vjp(args) {
    const { inputs, outputs, grads, attrs } = args;
    const [x, scale] = [inputs[0]!, inputs[1]!];
    const [, mean, variance] = outputs as readonly [Tensor, Tensor, Tensor];
    const [dy, dMean, dVariance] = grads as readonly [Tensor | null, Tensor | null, Tensor | null];
    const rank = x.shape.length;
    const axes = normalizedAxes(rank);
    const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
    let dx: Tensor | null = null;
    let dScale: Tensor | null = null;
    let dBias: Tensor | null = null;
    if (dy !== null)
      [dx, dScale, dBias] = bindAll('batchNormGrad', [x, scale, mean, variance, dy], attrs) as [Tensor, Tensor, Tensor];
    const plus = (extra: Tensor): Tensor => (dx === null ? extra : dx.add(extra));
    if (dMean !== null) dx = plus(perChannel(dMean.mul(1 / count), rank).broadcastTo(x.shape));
    if (dVariance !== null) dx = plus(x.sub(perChannel(mean, rank)).mul(perChannel(dVariance.mul(2 / count), rank)));
    return [dx, dScale, dBias];
  },
  decompose([x, scale, bias], { epsilon }) {
    const rank = x!.shape.length;
    const axes = normalizedAxes(rank);
    const mean = x!.mean(axes);
    const centered = x!.sub(perChannel(mean, rank));
    const variance = centered.mul(centered).mean(axes);
    const inverse = scale!.div(variance.add(epsilon).sqrt());
    return [centered.mul(perChannel(inverse, rank)).add(perChannel(bias!, rank)), mean, variance];
  },
  samples: [
    { id: '2d', inputs: [aval([2, 3, 4, 5]), aval([3]), aval([3])], attrs: { epsilon: 1e-5 } },
    { id: '2d-blocked', inputs: [aval([3, 16, 4, 4]), aval([16]), aval([16])], attrs: { epsilon: 1e-5 } },
    { id: '2d-blocked-1x1', inputs: [aval([4, 32, 1, 1]), aval([32]), aval([32])], attrs: { epsilon: 1e-5 } },
    { id: '3d-blocked', inputs: [aval([2, 16, 3, 2, 4]), aval([16]), aval([16])], attrs: { epsilon: 1e-5 } },
    { id: '3d', inputs: [aval([2, 2, 3, 3, 3]), aval([2]), aval([2])], attrs: { epsilon: 1e-3 } },
    { id: 'features', inputs: [aval([5, 4]), aval([4]), aval([4])], attrs: { epsilon: 1e-5 } },
  ],
};
