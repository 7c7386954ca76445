import { ShapeError } from '../errors/index.js';
import { formatShape, sizeOf } from '../ndarray/index.js';
import type { Primitives } from '../ir/index.js';
import { bind } from '../tensor/index.js';
import { requireNumber, reducedShape } from './reduction.js';
import { aval, type Primitive } from './Primitive.js';

/** Largest element over `axes`, which vanish; dx: dy shared equally among the maxima (as in PyTorch's amax) */
export const reduceMax: Primitive<Primitives['reduceMax']> = {
  infer(inputs, { axes }) {
    const shape = reducedShape('reduceMax', inputs, axes);
    const x = inputs[0]!.shape;
    if (sizeOf(axes.map((axis) => x[axis]!)) === 0)
      throw new ShapeError(`reduceMax over no elements: ${formatShape(x)}, axes ${formatShape(axes)}.`);
    return [{ shape, dtype: requireNumber('reduceMax', inputs[0]!) }];
  },
  vjp({ inputs: [x], outputs: [y], grads: [grad], attrs: { axes } }) {
    const kept = x!.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
    const isMaximum = bind('compare', [x!, y!.reshape(kept)], { op: 'eq' }).cast(x!.dtype);
    return [isMaximum.mul(grad!.reshape(kept).div(isMaximum.sum(axes, { keepDims: true })))];
  },
  samples: [
    { id: 'all', inputs: [aval([3, 4])], attrs: { axes: [0, 1] } },
    { id: 'classes', inputs: [aval([2, 5, 3])], attrs: { axes: [1] } },
    { id: 'classes-of-pixels', inputs: [aval([2, 3, 6, 7])], attrs: { axes: [1] } },
  ],
};
