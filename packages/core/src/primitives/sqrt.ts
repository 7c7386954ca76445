import { samplesIn, unary } from './elementwise.js';

/** y = √x; dx = dy / 2y */
export const sqrt = unary('sqrt', (grad, _x, y) => grad.mul(0.5).div(y), samplesIn([0.2, 3]));
