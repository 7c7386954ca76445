import { unary } from './elementwise.js';

/** y = -x; dx = -dy */
export const neg = unary('neg', (grad) => grad.neg());
