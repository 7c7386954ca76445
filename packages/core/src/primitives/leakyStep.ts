import type { Primitives } from '../ir/index.js';
import { bind } from '../tensor/index.js';
import { leakyRelu } from './leakyRelu.js';
import type { Primitive } from './Primitive.js';

/** y = 1 where x > 0, else slope, in x's dtype: the slope of leakyRelu. No gradient flows. */
export const leakyStep: Primitive<Primitives['leakyStep']> = {
  infer: leakyRelu.infer,
  vjp: () => [null],
  decompose: ([x], { slope }) => [
    bind('positive', [x!], {})
      .mul(1 - slope)
      .add(slope),
  ],
  samples: leakyRelu.samples,
};
