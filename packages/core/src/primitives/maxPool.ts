import { ShapeError } from '../errors/index.js';
import { formatShape } from '../ndarray/index.js';
import type { Padding, PoolAttrs } from '../ir/index.js';
import { bind } from '../tensor/index.js';
import { arity, requireFloat } from './elementwise.js';
import { aval, type Primitive } from './Primitive.js';
import { slidingExtent } from './windows.js';
import type { Shape } from '../ndarray/index.js';

const padding1: Padding = [
  [1, 1],
  [1, 1],
];
const padding0: Padding = [
  [0, 0],
  [0, 0],
];

/** Inputs and attributes pooling is tested on. */
export const poolSamples: readonly { readonly id: string; readonly x: Shape; readonly attrs: PoolAttrs }[] = [
  { id: '2d-2x2', x: [2, 3, 6, 4], attrs: { window: [2, 2], strides: [2, 2], padding: padding0 } },
  { id: '2d-3x3-stride2', x: [2, 2, 8, 8], attrs: { window: [3, 3], strides: [2, 2], padding: padding1 } },
  { id: '2d-3x3-stride2-odd', x: [1, 2, 7, 7], attrs: { window: [3, 3], strides: [2, 2], padding: padding1 } },
  { id: '2d-blocked', x: [2, 16, 6, 6], attrs: { window: [2, 2], strides: [2, 2], padding: padding0 } },
  { id: '2d-blocked-3x3-stride2', x: [2, 16, 8, 8], attrs: { window: [3, 3], strides: [2, 2], padding: padding1 } },
  { id: '2d-blocked-3x3-stride2-odd', x: [2, 16, 7, 7], attrs: { window: [3, 3], strides: [2, 2], padding: padding1 } },
  { id: '2d-overlap', x: [1, 2, 5, 5], attrs: { window: [3, 3], strides: [1, 1], padding: padding1 } },
  { id: '2d-unused-edge', x: [1, 2, 5, 5], attrs: { window: [2, 2], strides: [2, 2], padding: padding0 } },
  { id: '1d', x: [2, 3, 8], attrs: { window: [2], strides: [2], padding: [[0, 0]] } },
  {
    id: '3d',
    x: [1, 2, 4, 4, 4],
    attrs: {
      window: [2, 2, 2],
      strides: [2, 2, 2],
      padding: [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    },
  },
  {
    id: '3d-blocked',
    x: [2, 16, 4, 6, 5],
    attrs: {
      window: [2, 2, 2],
      strides: [2, 2, 2],
      padding: [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    },
  },
  {
    id: '3d-blocked-3x3-stride2',
    x: [2, 16, 5, 4, 7],
    attrs: {
      window: [3, 3, 3],
      strides: [2, 2, 2],
      padding: [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
    },
  },
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
