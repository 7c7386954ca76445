import { binaryPrimitive } from './elementwise.js';

/** y = a + b; da = dy, db = dy */
export const add = binaryPrimitive(
  'add',
  (grad) => grad,
  (grad) => grad,
);
