import { ShapeError } from '../errors/index.js';
import { formatShape, sizeOf } from '../ndarray/index.js';
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

/** Mean of a value per channel [C] over the channels of each group: [groups]. */
export function meanOfGroups(value: Tensor, groups: number): Tensor {
  const channels = value.shape[0]!;
  return groups === channels ? value : value.reshape([groups, channels / groups]).mean([1]);
}

/** A value per group for each of its channels: [C]. */
export function ofChannels(value: Tensor, channels: number): Tensor {
  const groups = value.shape[0]!;
  if (groups === channels) return value;
  return value
    .reshape([groups, 1])
    .broadcastTo([groups, channels / groups])
    .reshape([channels]);
}

/** @throws ShapeError unless the groups divide the channels evenly. */
export function groupsOf(name: string, x: Aval, { groups = x.shape[1]! }: Primitives['batchNorm']): number {
  if (!Number.isInteger(groups) || groups < 1 || x.shape[1]! % groups !== 0)
    throw new ShapeError(`${name}: ${groups} groups do not divide the channels of ${formatShape(x.shape)} evenly.`);
  return groups;
}

/**
 * Normalises each channel of x [N, C, ...spatial], or each group of channels, with the batch's own statistics (Ioffe & Szegedy, 2015; Wu & He,
 * 2018): y = (x − mean) / √(variance + epsilon) · scale + bias, scale and bias [C]. Also gives mean and biased variance, [groups].
 */
export const batchNorm: Primitive<Primitives['batchNorm']> = {
  infer(inputs, attrs) {
    arity('batchNorm', inputs, 3);
    const x = inputs[0]!;
    checkChannels('batchNorm', x, inputs.slice(1));
    const statistic = { shape: [groupsOf('batchNorm', x, attrs)], dtype: x.dtype };
    return [{ shape: x.shape, dtype: x.dtype }, statistic, statistic];
  },
  vjp(args) {
    const { inputs, outputs, grads, attrs } = args;
    const [x, scale] = [inputs[0]!, inputs[1]!];
    const [, mean, variance] = outputs as readonly [Tensor, Tensor, Tensor];
    const [dy, dMean, dVariance] = grads as readonly [Tensor | null, Tensor | null, Tensor | null];
    const rank = x.shape.length;
    const channels = x.shape[1]!;
    const perGroup = (value: Tensor): Tensor => perChannel(ofChannels(value, channels), rank);
    const count = sizeOf(x.shape) / mean.shape[0]!;
    let dx: Tensor | null = null;
    let dScale: Tensor | null = null;
    let dBias: Tensor | null = null;
    if (dy !== null)
      [dx, dScale, dBias] = bindAll('batchNormGrad', [x, scale, mean, variance, dy], attrs) as [Tensor, Tensor, Tensor];
    const plus = (extra: Tensor): Tensor => (dx === null ? extra : dx.add(extra));
    if (dMean !== null) dx = plus(perGroup(dMean.mul(1 / count)).broadcastTo(x.shape));
    if (dVariance !== null) dx = plus(x.sub(perGroup(mean)).mul(perGroup(dVariance.mul(2 / count))));
    return [dx, dScale, dBias];
  },
  decompose([x, scale, bias], { epsilon, groups = x!.shape[1]! }) {
    const rank = x!.shape.length;
    const channels = x!.shape[1]!;
    const axes = normalizedAxes(rank);
    const mean = meanOfGroups(x!.mean(axes), groups);
    const centered = x!.sub(perChannel(ofChannels(mean, channels), rank));
    const variance = meanOfGroups(centered.mul(centered).mean(axes), groups);
    const inverse = scale!.div(ofChannels(variance.add(epsilon).sqrt(), channels));
    return [centered.mul(perChannel(inverse, rank)).add(perChannel(bias!, rank)), mean, variance];
  },
  samples: [
    { id: '2d', inputs: [aval([2, 3, 4, 5]), aval([3]), aval([3])], attrs: { epsilon: 1e-5 } },
    { id: '2d-blocked', inputs: [aval([3, 16, 4, 4]), aval([16]), aval([16])], attrs: { epsilon: 1e-5 } },
    { id: '2d-blocked-1x1', inputs: [aval([4, 32, 1, 1]), aval([32]), aval([32])], attrs: { epsilon: 1e-5 } },
    { id: '3d-blocked', inputs: [aval([2, 16, 3, 2, 4]), aval([16]), aval([16])], attrs: { epsilon: 1e-5 } },
    { id: '2d-groups', inputs: [aval([2, 6, 3, 4]), aval([6]), aval([6])], attrs: { epsilon: 1e-5, groups: 2 } },
    {
      id: '2d-blocked-groups',
      inputs: [aval([2, 32, 4, 4]), aval([32]), aval([32])],
      attrs: { epsilon: 1e-5, groups: 8 },
    },
    { id: '3d', inputs: [aval([2, 2, 3, 3, 3]), aval([2]), aval([2])], attrs: { epsilon: 1e-3 } },
    { id: 'features', inputs: [aval([5, 4]), aval([4]), aval([4])], attrs: { epsilon: 1e-5 } },
  ],
};
