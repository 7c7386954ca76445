import type { Tensor } from '@tensorflow/tfjs-core';
import type { PoolAttrs } from '@delira/core';
import type { Kernels } from '../engines/Kernels.js';
import { Value } from '../Value.js';
import { firstMaximum, type Window2d } from './firstMaximum.js';
import type { Lower } from './Lower.js';

/** One round of pooling over two axes, of a map [maps, height, width, inner]. */
interface Round extends Window2d {
  readonly shape: (x: Tensor) => readonly number[];
  readonly result: (pooled: Tensor, x: Tensor) => readonly number[];
}

const NONE = [0, 0] as const;

/**
 * The largest element of a box is the largest of a column of largest elements of planes: two rounds in two axes do what one in three would.
 * The first maximum in row-major order is the same, too.
 */
function roundsOf({ window, strides, padding }: PoolAttrs): readonly Round[] {
  const rank = window.length;
  const plane = {
    window: [rank === 1 ? 1 : window[rank - 2]!, window[rank - 1]!] as const,
    strides: [rank === 1 ? 1 : strides[rank - 2]!, strides[rank - 1]!] as const,
    padding: [rank === 1 ? NONE : padding[rank - 2]!, padding[rank - 1]!] as const,
  };
  const flat: Round = {
    ...plane,
    shape: ({ shape }) =>
      rank === 1
        ? [shape[0]!, 1, shape[1]!, shape[2]!]
        : rank === 2
          ? shape
          : [shape[0]! * shape[1]!, shape[2]!, shape[3]!, shape[4]!],
    result: (pooled, { shape }) => {
      const [, height, width, channels] = pooled.shape as [number, number, number, number];
      if (rank === 1) return [shape[0]!, width, channels];
      return rank === 2 ? pooled.shape : [shape[0]!, shape[1]!, height, width, channels];
    },
  };
  if (rank < 3) return [flat];
  const deep: Round = {
    window: [window[0]!, 1],
    strides: [strides[0]!, 1],
    padding: [padding[0]!, NONE],
    shape: ({ shape }) => [shape[0]!, shape[1]!, shape[2]! * shape[3]!, shape[4]!],
    result: (pooled, { shape }) => [shape[0]!, pooled.shape[1]!, ...shape.slice(2)],
  };
  return [flat, deep];
}

interface Padded {
  readonly x: Tensor;
  readonly attrs: object;
}

/** What the kernels take; minus infinity is written around the map where an engine knows no other padding than none. */
function padded(kernels: Kernels, x: Tensor, { window, strides, padding }: Window2d): Padded {
  const none = padding.every(([low, high]) => low === 0 && high === 0);
  const attrs = { filterSize: [...window], strides: [...strides], dimRoundingMode: null };
  if (none) return { x, attrs: { ...attrs, pad: 'valid' } };
  const around = [NONE, ...padding, NONE];
  if (!kernels.traits.explicitPadding)
    return { x: kernels.pad(x, around, -Infinity), attrs: { ...attrs, pad: 'valid' } };
  return { x, attrs: { ...attrs, pad: around.map((sides) => [...sides]) } };
}

function pool(kernels: Kernels, x: Tensor, round: Round): Tensor {
  const { x: input, attrs } = padded(kernels, kernels.reshape(x, round.shape(x)), round);
  const pooled = kernels.run('MaxPool', { x: input }, attrs);
  return kernels.reshape(pooled, round.result(pooled, x));
}

function poolGrad(kernels: Kernels, x: Tensor, y: Tensor, grad: Tensor, round: Round): Tensor {
  const map = kernels.reshape(x, round.shape(x));
  const pooled = round.shape(y);
  if (!kernels.traits.poolGradient) {
    const dx = firstMaximum(kernels, map, kernels.reshape(y, pooled), kernels.reshape(grad, pooled), round);
    return kernels.reshape(dx, x.shape);
  }
  const { x: input, attrs } = padded(kernels, map, round);
  const dx = kernels.run(
    'MaxPoolGrad',
    { dy: kernels.reshape(grad, pooled), input, output: kernels.reshape(y, pooled) },
    attrs,
  );
  const [top, left] = input === map ? [0, 0] : [round.padding[0][0], round.padding[1][0]];
  return kernels.reshape(kernels.slice(dx, [0, top, left, 0], map.shape), x.shape);
}

export const maxPool: Lower<'maxPool'> = ([x], attrs, [out]) => {
  const { kernels } = x!;
  const pooled = roundsOf(attrs).reduce((map, round) => pool(kernels, map, round), x!.as('channelsLast'));
  return [new Value(kernels, out!.shape, pooled, 'channelsLast')];
};

export const maxPoolGrad: Lower<'maxPoolGrad'> = ([x, y, grad], attrs, [out]) => {
  const { kernels } = x!;
  const rounds = roundsOf(attrs);
  const maps = [x!.as('channelsLast')];
  for (const round of rounds.slice(0, -1)) maps.push(pool(kernels, maps.at(-1)!, round));
  maps.push(y!.as('channelsLast'));
  let gradient = grad!.as('channelsLast');
  for (let index = rounds.length - 1; index >= 0; index--)
    gradient = poolGrad(kernels, maps[index]!, maps[index + 1]!, gradient, rounds[index]!);
  return [new Value(kernels, out!.shape, gradient, 'channelsLast')];
};
