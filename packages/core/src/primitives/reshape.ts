import { ShapeError } from '../errors/index.js';
import { checkShape, formatShape, sizeOf } from '../ndarray/index.js';
import type { Primitives } from '../ir/index.js';
import { arity } from './elementwise.js';
import { aval, type Primitive } from './Primitive.js';

/** The same elements, row-major, in another shape; dx = dy reshaped back */
export const reshape: Primitive<Primitives['reshape']> = {
  infer(inputs, { shape }) {
    arity('reshape', inputs, 1);
    checkShape(shape);
    const x = inputs[0]!;
    if (sizeOf(shape) !== sizeOf(x.shape)) {
      throw new ShapeError(
        `Cannot reshape ${formatShape(x.shape)} (${sizeOf(x.shape)} elements) to ${formatShape(shape)} (${sizeOf(shape)} elements).`,
      );
    }
    return [{ shape, dtype: x.dtype }];
  },
  vjp: ({ inputs: [x], grads: [grad] }) => [grad!.reshape(x!.shape)],
  samples: [
    { id: 'flatten', inputs: [aval([2, 3, 4])], attrs: { shape: [2, 12] } },
    { id: 'to-scalar', inputs: [aval([1, 1])], attrs: { shape: [] } },
    { id: 'flags', inputs: [aval([2, 3, 4], 'bool')], attrs: { shape: [2, 12] } },
  ],
};
