import { binaryPrimitive } from './elementwise.js';

/** y = a · b; da = dy · b, db = dy · a */
export const mul = binaryPrimitive(
  'mul',
  (grad, _a, b) => grad.mul(b),
  (grad, a) => grad.mul(a),
);
