import { DTypeError, ShapeError } from '../errors/index.js';
import { sameShape } from '../ndarray/index.js';
import type { NoAttrs } from '../ir/index.js';
import type { Tensor } from '../tensor/index.js';
import { arity, describe, requireFloat } from './elementwise.js';
import { aval, type Primitive } from './Primitive.js';

function swapped(x: Tensor): Tensor {
  const rank = x.shape.length;
  return x.transpose(x.shape.map((_, axis) => (axis < rank - 2 ? axis : axis === rank - 1 ? rank - 2 : rank - 1)));
}

/** y = a b over the last two axes, for equal leading axes; da = dy bᵀ, db = aᵀ dy */
export const matmul: Primitive<NoAttrs> = {
  infer(inputs) {
    arity('matmul', inputs, 2);
    const [a, b] = [inputs[0]!, inputs[1]!];
    requireFloat('matmul', a);
    if (a.dtype !== b.dtype)
      throw new DTypeError(`matmul takes operands of one dtype, got ${a.dtype} and ${b.dtype}. Cast one of them.`);
    const rank = a.shape.length;
    if (
      rank < 2 ||
      b.shape.length !== rank ||
      !sameShape(a.shape.slice(0, -2), b.shape.slice(0, -2)) ||
      a.shape[rank - 1] !== b.shape[rank - 2]
    ) {
      throw new ShapeError(
        `matmul of ${describe(inputs)}: expected [..., M, K] and [..., K, N] with equal leading axes.`,
      );
    }
    return [{ shape: [...a.shape.slice(0, -1), b.shape[rank - 1]!], dtype: a.dtype }];
  },
  vjp: ({ inputs: [a, b], grads: [grad], needs }) => [
    needs[0] === true ? grad!.matmul(swapped(b!)) : null,
    needs[1] === true ? swapped(a!).matmul(grad!) : null,
  ],
  samples: [
    { id: 'matrix', inputs: [aval([3, 4]), aval([4, 5])], attrs: {} },
    { id: 'batched', inputs: [aval([2, 3, 4]), aval([2, 4, 5])], attrs: {} },
  ],
};
