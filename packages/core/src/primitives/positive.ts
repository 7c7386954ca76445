import { unary } from './elementwise.js';

/** y = 1 where x > 0, else 0, in x's dtype; no gradient flows */
export const positive = unary('positive', () => null);
