import { ShapeError } from '../errors/index.js';
import { formatShape } from '../ndarray/index.js';
import type { Primitives } from '../ir/index.js';
import { arity } from './elementwise.js';
import { aval, type Primitive } from './Primitive.js';

/** Axis i of the result is axis perm[i] of x; dx = dy with the inverse permutation */
export const transpose: Primitive<Primitives['transpose']> = {
  infer(inputs, { perm }) {
    arity('transpose', inputs, 1);
    const { shape, dtype } = inputs[0]!;
    if (perm.length !== shape.length || [...perm].sort((a, b) => a - b).some((axis, index) => axis !== index)) {
      throw new ShapeError(
        `transpose: ${formatShape(perm)} is not a permutation of the ${shape.length} axes of ${formatShape(shape)}.`,
      );
    }
    return [{ shape: perm.map((axis) => shape[axis]!), dtype }];
  },
  vjp: ({ grads: [grad], attrs }) => [grad!.transpose(attrs.perm.map((_, axis) => attrs.perm.indexOf(axis)))],
  samples: [
    { id: 'matrix', inputs: [aval([3, 4])], attrs: { perm: [1, 0] } },
    { id: 'channels-last', inputs: [aval([2, 3, 4, 5])], attrs: { perm: [0, 2, 3, 1] } },
    { id: 'volume', inputs: [aval([2, 3, 2, 3, 4])], attrs: { perm: [0, 2, 3, 4, 1] } },
    { id: 'flags', inputs: [aval([2, 3, 4, 5], 'bool')], attrs: { perm: [0, 2, 3, 1] } },
  ],
};
