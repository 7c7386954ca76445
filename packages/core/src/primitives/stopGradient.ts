import type { NoAttrs } from '../ir/index.js';
import { arity, unarySamples } from './elementwise.js';
import type { Primitive } from './Primitive.js';

/** y = x; dx = 0 */
export const stopGradient: Primitive<NoAttrs> = {
  infer(inputs) {
    arity('stopGradient', inputs, 1);
    return [{ shape: inputs[0]!.shape, dtype: inputs[0]!.dtype }];
  },
  vjp: () => [null],
  samples: unarySamples,
};
