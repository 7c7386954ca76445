import { unary } from './elementwise.js';

/** y = tanh x; dx = dy · (1 − y²) */
export const tanh = unary('tanh', (grad, _x, y) => grad.sub(grad.mul(y).mul(y)));
