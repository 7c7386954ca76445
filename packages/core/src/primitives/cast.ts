import { isFloating } from '../ndarray/index.js';
import type { Primitives } from '../ir/index.js';
import { arity } from './elementwise.js';
import { aval, type Primitive } from './Primitive.js';

/** y = x in another dtype: floats are truncated towards zero, any non-zero value becomes true. dx = dy cast back, between floats. */
export const cast: Primitive<Primitives['cast']> = {
  infer(inputs, { dtype }) {
    arity('cast', inputs, 1);
    return [{ shape: inputs[0]!.shape, dtype }];
  },
  vjp: ({ inputs: [x], grads: [grad], attrs }) => [
    isFloating(x!.dtype) && isFloating(attrs.dtype) ? grad!.cast(x!.dtype) : null,
  ],
  samples: [
    { id: 'int-to-float', inputs: [aval([3, 4], 'int32')], attrs: { dtype: 'float32' } },
    { id: 'float-to-int', inputs: [aval([3, 4])], attrs: { dtype: 'int32' } },
    { id: 'bool-to-float', inputs: [aval([3, 4], 'bool')], attrs: { dtype: 'float32' }, domain: [0, 2] },
  ],
};
