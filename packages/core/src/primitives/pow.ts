import { bind } from '../tensor/index.js';
import { binaryPrimitive, binarySamples, requireFloat, samplesIn } from './elementwise.js';

const elementwise = binaryPrimitive(
  'pow',
  (grad, a, b) => grad.mul(b).mul(bind('pow', [a, b.sub(1)], {})),
  (grad, a, _b, y) => grad.mul(y).mul(a.log()),
  samplesIn([0.5, 2], binarySamples),
);

/** y = aᵇ for a > 0, floating; da = dy · b · aᵇ⁻¹, db = dy · y · ln a */
export const pow: typeof elementwise = {
  ...elementwise,
  infer(inputs, attrs) {
    for (const input of inputs) requireFloat('pow', input);
    return elementwise.infer(inputs, attrs);
  },
};
