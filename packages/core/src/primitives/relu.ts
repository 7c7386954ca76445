import { bind } from '../tensor/index.js';
import { unary } from './elementwise.js';

/** y = max(x, 0); dx = dy where y > 0, else 0 (zero at zero, as in PyTorch) */
export const relu = unary('relu', (grad, _x, y) => grad.mul(bind('positive', [y], {})));
