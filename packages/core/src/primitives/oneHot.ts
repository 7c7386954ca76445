import { DTypeError } from '../errors/index.js';
import type { Primitives } from '../ir/index.js';
import { arity } from './elementwise.js';
import { aval, type Primitive } from './Primitive.js';

/** y[…, k] = 1 where x[…] = k, else 0; an index outside of 0…depth-1 gives a row of zeros. Not differentiable */
export const oneHot: Primitive<Primitives['oneHot']> = {
  infer(inputs, { depth, dtype }) {
    arity('oneHot', inputs, 1);
    const { shape, dtype: from } = inputs[0]!;
    if (from !== 'int32') throw new DTypeError(`oneHot takes int32 indices, got ${from}. Cast them.`);
    return [{ shape: [...shape, depth], dtype }];
  },
  vjp: () => [null],
  samples: [
    { id: 'labels', inputs: [aval([5], 'int32')], attrs: { depth: 3, dtype: 'float32' } },
    { id: 'map', inputs: [aval([2, 3], 'int32')], attrs: { depth: 4, dtype: 'float32' } },
    { id: 'out-of-range', inputs: [aval([6], 'int32')], attrs: { depth: 3, dtype: 'float32' }, domain: [-3, 6] },
  ],
};
