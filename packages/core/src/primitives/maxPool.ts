import { ShapeError } from '../errors/index.js';
import { formatShape } from '../ndarray/index.js';
import type { PoolAttrs } from '../ir/index.js';
import { bind } from '../tensor/index.js';
import { arity, requireFloat } from './elementwise.js';
import { aval, type Primitive } from './Primitive.js';
import { slidingExtent } from './windows.js';
import type { Shape } from '../ndarray/index.js';

interface PoolSample {
  readonly id: string;
  /** `[N, C, ...spatial]` */
  readonly x: Shape;
  readonly attrs: PoolAttrs;
}

/** Of every axis. */
interface PoolOptions {
  readonly window: number;
  readonly stride: number;
  readonly padding?: number;
}

function sample(id: string, x: Shape, { window, stride, padding = 0 }: PoolOptions): PoolSample {
  const spatial = x.slice(2);
  return {
    id,
    x,
    attrs: {
      window: spatial.map(() => window),
      strides: spatial.map(() => stride),
      padding: spatial.map(() => [padding, padding] as const),
    },
  };
}

/** Inputs and attributes pooling is tested on. */
export const poolSamples: readonly PoolSample[] = [
  sample('2d-2x2', [2, 3, 6, 4], { window: 2, stride: 2 }),
  sample('2d-3x3-stride2', [2, 2, 8, 8], { window: 3, stride: 2, padding: 1 }),
  sample('2d-3x3-stride2-odd', [1, 2, 7, 7], { window: 3, stride: 2, padding: 1 }),
  sample('2d-blocked', [2, 16, 6, 6], { window: 2, stride: 2 }),
  sample('2d-blocked-3x3-stride2', [2, 16, 8, 8], { window: 3, stride: 2, padding: 1 }),
  sample('2d-blocked-3x3-stride2-odd', [2, 16, 7, 7], { window: 3, stride: 2, padding: 1 }),
  sample('2d-overlap', [1, 2, 5, 5], { window: 3, stride: 1, padding: 1 }),
  sample('2d-unused-edge', [1, 2, 5, 5], { window: 2, stride: 2 }),
  sample('1d', [2, 3, 8], { window: 2, stride: 2 }),
  sample('3d', [1, 2, 4, 4, 4], { window: 2, stride: 2 }),
  sample('3d-blocked', [2, 16, 4, 6, 5], { window: 2, stride: 2 }),
  sample('3d-blocked-3x3-stride2', [2, 16, 5, 4, 7], { window: 3, stride: 2, padding: 1 }),
];

export function pooledShape(name: string, x: Shape, attrs: PoolAttrs): Shape {
  if (x.length < 3 || x.length > 5)
    throw new ShapeError(
      `${name}: expected an input [N, C, ...spatial] with 1 to 3 spatial axes, got ${formatShape(x)}.`,
    );
  if (attrs.padding.some(([low, high], axis) => Math.max(low, high) * 2 > attrs.window[axis]!)) {
    throw new ShapeError(
      `${name}: padding ${JSON.stringify(attrs.padding)} is more than half of the window ${formatShape(attrs.window)}.`,
    );
  }
  return [x[0]!, x[1]!, ...slidingExtent(name, x.slice(2), attrs.window, attrs)];
}

/**
 * Largest element of each window of x [N, C, ...spatial]; padding counts as minus infinity. The first maximum in row-major order gets
 * the gradient, as in PyTorch.
 */
export const maxPool: Primitive<PoolAttrs> = {
  infer(inputs, attrs) {
    arity('maxPool', inputs, 1);
    requireFloat('maxPool', inputs[0]!);
    return [{ shape: pooledShape('maxPool', inputs[0]!.shape, attrs), dtype: inputs[0]!.dtype }];
  },
  vjp: ({ inputs: [x], outputs: [y], grads: [grad], attrs }) => [bind('maxPoolGrad', [x!, y!, grad!], attrs)],
  samples: poolSamples.map(({ id, x, attrs }) => ({ id, inputs: [aval(x)], attrs })),
};
