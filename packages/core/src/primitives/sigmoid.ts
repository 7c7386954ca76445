import { unary } from './elementwise.js';

/** y = 1 / (1 + e⁻ˣ); dx = dy · (y − y²) */
export const sigmoid = unary('sigmoid', (grad, _x, y) => grad.mul(y.sub(y.mul(y))));
