import { DTypeError, ShapeError } from '../errors/index.js';
import type { Primitives } from '../ir/index.js';
import { bind } from '../tensor/index.js';
import { describe } from './elementwise.js';
import { aval, type Primitive } from './Primitive.js';

/** Operands joined along one axis; each gets its part of dy */
export const concat: Primitive<Primitives['concat']> = {
  infer(inputs, { axis }) {
    const first = inputs[0];
    if (first === undefined || axis < 0 || axis >= first.shape.length)
      throw new ShapeError(`concat along axis ${axis} of ${describe(inputs)}: the axis does not exist.`);
    for (const { shape, dtype } of inputs) {
      if (dtype !== first.dtype)
        throw new DTypeError(`concat takes operands of one dtype, got ${first.dtype} and ${dtype}. Cast one of them.`);
      if (shape.length !== first.shape.length || shape.some((extent, i) => i !== axis && extent !== first.shape[i])) {
        throw new ShapeError(`concat along axis ${axis} of ${describe(inputs)}: all other extents must be equal.`);
      }
    }
    const joined = inputs.reduce((sum, { shape }) => sum + shape[axis]!, 0);
    return [{ shape: first.shape.map((extent, i) => (i === axis ? joined : extent)), dtype: first.dtype }];
  },
  vjp({ inputs, grads: [grad], needs, attrs: { axis } }) {
    let offset = 0;
    return inputs.map(({ shape }, index) => {
      const start = shape.map((_, i) => (i === axis ? offset : 0));
      offset += shape[axis]!;
      return needs[index] === true ? bind('slice', [grad!], { start, size: shape }) : null;
    });
  },
  samples: [
    { id: 'channels', inputs: [aval([2, 3, 4]), aval([2, 1, 4])], attrs: { axis: 1 } },
    { id: 'three', inputs: [aval([2, 3]), aval([1, 3]), aval([2, 3])], attrs: { axis: 0 } },
    { id: 'volumes', inputs: [aval([2, 3, 2, 3, 4]), aval([2, 1, 2, 3, 4])], attrs: { axis: 1 } },
    { id: 'flags', inputs: [aval([2, 3, 4], 'bool'), aval([2, 1, 4], 'bool')], attrs: { axis: 1 } },
  ],
};
