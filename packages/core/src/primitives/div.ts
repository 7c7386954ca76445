import { binaryPrimitive, binarySamples, samplesIn } from './elementwise.js';

/** y = a / b; da = dy / b, db = −dy · y / b */
export const div = binaryPrimitive(
  'div',
  (grad, _a, b) => grad.div(b),
  (grad, _a, b, y) => grad.mul(y).div(b).neg(),
  samplesIn([0.5, 2], binarySamples),
);
