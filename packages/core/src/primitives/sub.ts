import { binaryPrimitive } from './elementwise.js';

/** y = a − b; da = dy, db = −dy */
export const sub = binaryPrimitive(
  'sub',
  (grad) => grad,
  (grad) => grad.neg(),
);
