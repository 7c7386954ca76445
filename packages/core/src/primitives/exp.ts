import { unary } from './elementwise.js';

/** y = eˣ; dx = dy · y */
export const exp = unary('exp', (grad, _x, y) => grad.mul(y));
