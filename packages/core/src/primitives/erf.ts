import { unary } from './elementwise.js';

/** y = erf x; dx = dy · 2/√π · e^(−x²) */
export const erf = unary('erf', (grad, x) => grad.mul(x.mul(x).neg().exp()).mul(2 / Math.sqrt(Math.PI)));
