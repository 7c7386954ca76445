import type { Primitives } from '../ir/index.js';
import { inferBinary } from './elementwise.js';
import { aval, type Primitive } from './Primitive.js';

/** y = a < b, a ≤ b or a = b, as bool; not differentiable */
export const compare: Primitive<Primitives['compare']> = {
  infer: (inputs) => [{ shape: inferBinary('compare', inputs).shape, dtype: 'bool' }],
  vjp: () => [null, null],
  samples: [
    ...(['lt', 'le', 'eq'] as const).map((op) => ({ id: op, inputs: [aval([3, 4]), aval([1, 4])], attrs: { op } })),
    ...(['lt', 'le', 'eq'] as const).map((op) => ({
      id: `${op}-int`,
      inputs: [aval([3, 4], 'int32'), aval([3, 4], 'int32')],
      attrs: { op },
    })),
  ],
};
