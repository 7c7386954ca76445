import { unary } from './elementwise.js';

/** y = ⌊x⌋; no gradient flows */
export const floor = unary('floor', () => null);
