import { ShapeError } from '../errors/index.js';
import { formatShape } from '../ndarray/index.js';
import type { Primitives } from '../ir/index.js';
import { bind } from '../tensor/index.js';
import { arity } from './elementwise.js';
import { aval, type Primitive } from './Primitive.js';

/** x with zeros around it; dx = the inner box of dy */
export const pad: Primitive<Primitives['pad']> = {
  infer(inputs, { padding }) {
    arity('pad', inputs, 1);
    const { shape, dtype } = inputs[0]!;
    if (padding.length !== shape.length || padding.some(([low, high]) => low < 0 || high < 0)) {
      throw new ShapeError(
        `pad: ${JSON.stringify(padding)} does not give a non-negative [low, high] for each axis of ${formatShape(shape)}.`,
      );
    }
    return [{ shape: shape.map((extent, axis) => extent + padding[axis]![0] + padding[axis]![1]), dtype }];
  },
  vjp: ({ inputs: [x], grads: [grad], attrs: { padding } }) => [
    bind('slice', [grad!], { start: padding.map(([low]) => low), size: x!.shape }),
  ],
  samples: [
    {
      id: 'matrix',
      inputs: [aval([2, 3])],
      attrs: {
        padding: [
          [1, 0],
          [2, 1],
        ],
      },
    },
    {
      id: 'image',
      inputs: [aval([1, 2, 3, 3])],
      attrs: {
        padding: [
          [0, 0],
          [0, 0],
          [1, 1],
          [0, 2],
        ],
      },
    },
  ],
};
