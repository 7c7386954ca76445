import { samplesIn, unary } from './elementwise.js';

/** y = ln x; dx = dy / x */
export const log = unary('log', (grad, x) => grad.div(x), samplesIn([0.2, 3]));
