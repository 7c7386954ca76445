import { bind, type Tensor } from '../tensor/index.js';
import { binaryPrimitive } from './elementwise.js';

function half(x: Tensor, y: Tensor): Tensor {
  return bind('positive', [y.sub(x)], {})
    .sub(bind('positive', [x.sub(y)], {}))
    .add(1)
    .mul(0.5);
}

/** y = min(a, b); the smaller operand gets the gradient, equal ones half each (as in PyTorch) */
export const minimum = binaryPrimitive(
  'minimum',
  (grad, a, b) => grad.mul(half(a, b)),
  (grad, a, b) => grad.mul(half(b, a)),
);
