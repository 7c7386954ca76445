import type { Primitives } from '../ir/index.js';
import { requireNumber, reducedShape } from './reduction.js';
import { aval, type Primitive } from './Primitive.js';

/** Sum over `axes`, which vanish; dx = dy repeated along them */
export const reduceSum: Primitive<Primitives['reduceSum']> = {
  infer: (inputs, { axes }) => [
    { shape: reducedShape('reduceSum', inputs, axes), dtype: requireNumber('reduceSum', inputs[0]!) },
  ],
  vjp: ({ inputs: [x], grads: [grad], attrs: { axes } }) => [
    grad!.reshape(x!.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))).broadcastTo(x!.shape),
  ],
  samples: [
    { id: 'all', inputs: [aval([3, 4])], attrs: { axes: [0, 1] } },
    { id: 'rows', inputs: [aval([3, 4])], attrs: { axes: [1] } },
    { id: 'image', inputs: [aval([2, 3, 4, 5])], attrs: { axes: [0, 2, 3] } },
    { id: 'classes-of-pixels', inputs: [aval([2, 3, 6, 7])], attrs: { axes: [1] } },
  ],
};
