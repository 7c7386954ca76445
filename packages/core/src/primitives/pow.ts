import { bind } from '../tensor/index.js';
import { binaryPrimitive, binarySamples, samplesIn } from './elementwise.js';

/** y = aᵇ for a > 0; da = dy · b · aᵇ⁻¹, db = dy · y · ln a */
export const pow = binaryPrimitive(
  'pow',
  (grad, a, b) => grad.mul(b).mul(bind('pow', [a, b.sub(1)], {})),
  (grad, a, _b, y) => grad.mul(y).mul(a.log()),
  samplesIn([0.5, 2], binarySamples),
);
