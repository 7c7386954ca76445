import { DTypeError } from '../errors/index.js';
import { broadcastShapes } from '../ndarray/index.js';
import type { NoAttrs } from '../ir/index.js';
import { bind, constant } from '../tensor/index.js';
import { arity, unbroadcast } from './elementwise.js';
import { aval, type Primitive } from './Primitive.js';

/** y = condition ? a : b, broadcasting; da = condition ? dy : 0, db = condition ? 0 : dy */
export const select: Primitive<NoAttrs> = {
  infer(inputs) {
    arity('select', inputs, 3);
    const [condition, a, b] = [inputs[0]!, inputs[1]!, inputs[2]!];
    if (condition.dtype !== 'bool')
      throw new DTypeError(`select takes a bool condition, got ${condition.dtype}. Compare first.`);
    if (a.dtype !== b.dtype)
      throw new DTypeError(`select takes branches of one dtype, got ${a.dtype} and ${b.dtype}. Cast one of them.`);
    return [{ shape: broadcastShapes(condition.shape, broadcastShapes(a.shape, b.shape)), dtype: a.dtype }];
  },
  vjp({ inputs: [condition, a, b], grads: [grad], needs }) {
    const zero = constant(0, grad!.dtype);
    return [
      null,
      needs[1] === true ? unbroadcast(bind('select', [condition!, grad!, zero], {}), a!.shape) : null,
      needs[2] === true ? unbroadcast(bind('select', [condition!, zero, grad!], {}), b!.shape) : null,
    ];
  },
  samples: [
    { id: 'same', inputs: [aval([3, 4], 'bool'), aval([3, 4]), aval([3, 4])], attrs: {} },
    { id: 'broadcast', inputs: [aval([3, 1], 'bool'), aval([1, 4]), aval([])], attrs: {} },
    {
      id: 'volume',
      inputs: [aval([2, 3, 2, 3, 4], 'bool'), aval([2, 3, 2, 3, 4]), aval([2, 3, 2, 3, 4])],
      attrs: {},
    },
    {
      id: 'volume-broadcast',
      inputs: [aval([2, 1, 2, 3, 4], 'bool'), aval([3, 1, 1, 1]), aval([2, 3, 2, 1, 4])],
      attrs: {},
    },
    { id: 'flags', inputs: [aval([3, 1], 'bool'), aval([3, 4], 'bool'), aval([4], 'bool')], attrs: {} },
  ],
};
