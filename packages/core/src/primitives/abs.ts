import { bind } from '../tensor/index.js';
import { unary } from './elementwise.js';

/** y = |x|; dx = dy · sign x, zero at zero */
export const abs = unary('abs', (grad, x) => grad.mul(bind('positive', [x], {}).sub(bind('positive', [x.neg()], {}))));
