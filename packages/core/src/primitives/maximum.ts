import { bind, type Tensor } from '../tensor/index.js';
import { binaryPrimitive } from './elementwise.js';

function half(x: Tensor, y: Tensor): Tensor {
  return bind('positive', [x.sub(y)], {})
    .sub(bind('positive', [y.sub(x)], {}))
    .add(1)
    .mul(0.5);
}

/** y = max(a, b); the larger operand gets the gradient, equal ones half each (as in PyTorch) */
export const maximum = binaryPrimitive(
  'maximum',
  (grad, a, b) => grad.mul(half(a, b)),
  (grad, a, b) => grad.mul(half(b, a)),
);
