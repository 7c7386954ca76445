import { ShapeError } from '../errors/index.js';
import { formatShape } from '../ndarray/index.js';
import type { Primitives } from '../ir/index.js';
import { requireNumber, reducedShape } from './reduction.js';
import { aval, type Primitive } from './Primitive.js';

/** Index of the first largest element along `axis`, which vanishes, as int32; not differentiable */
export const argMax: Primitive<Primitives['argMax']> = {
  infer(inputs, { axis }) {
    const shape = reducedShape('argMax', inputs, [axis]);
    requireNumber('argMax', inputs[0]!);
    if (inputs[0]!.shape[axis] === 0)
      throw new ShapeError(`argMax over no elements: ${formatShape(inputs[0]!.shape)}, axis ${axis}.`);
    return [{ shape, dtype: 'int32' }];
  },
  vjp: () => [null],
  samples: [
    { id: 'classes', inputs: [aval([4, 5])], attrs: { axis: 1 } },
    { id: 'channels', inputs: [aval([2, 3, 4])], attrs: { axis: 1 } },
  ],
};
