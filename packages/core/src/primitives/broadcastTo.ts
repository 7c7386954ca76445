import { ShapeError } from '../errors/index.js';
import { broadcastShapes, formatShape, sameShape } from '../ndarray/index.js';
import type { Primitives } from '../ir/index.js';
import { arity, unbroadcast } from './elementwise.js';
import { aval, type Primitive } from './Primitive.js';

/** x repeated along new axes and axes of extent 1; dx = dy summed over them */
export const broadcastTo: Primitive<Primitives['broadcastTo']> = {
  infer(inputs, { shape }) {
    arity('broadcastTo', inputs, 1);
    const x = inputs[0]!;
    if (!sameShape(broadcastShapes(x.shape, shape), shape))
      throw new ShapeError(`Cannot broadcast ${formatShape(x.shape)} to ${formatShape(shape)}.`);
    return [{ shape, dtype: x.dtype }];
  },
  vjp: ({ inputs: [x], grads: [grad] }) => [unbroadcast(grad!, x!.shape)],
  samples: [
    { id: 'rows', inputs: [aval([1, 4])], attrs: { shape: [3, 4] } },
    { id: 'scalar', inputs: [aval([])], attrs: { shape: [2, 3] } },
    { id: 'channels', inputs: [aval([3, 1, 1])], attrs: { shape: [2, 3, 4, 5] } },
    { id: 'flags', inputs: [aval([3, 1, 1], 'bool')], attrs: { shape: [2, 3, 4, 5] } },
  ],
};
