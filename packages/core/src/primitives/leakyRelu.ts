import type { Primitives } from '../ir/index.js';
import { bind } from '../tensor/index.js';
import { arity, requireFloat, unarySamples } from './elementwise.js';
import type { Primitive } from './Primitive.js';

/**
 * y = x where x > 0, else slope · x; dx = dy · leakyStep(x). For a positive slope y has the sign of x, so that x need not be kept. A
 * composite took four passes over a map, and two more maps in memory, where a convolution does it for nothing.
 */
export const leakyRelu: Primitive<Primitives['leakyRelu']> = {
  infer(inputs) {
    arity('leakyRelu', inputs, 1);
    requireFloat('leakyRelu', inputs[0]!);
    return [inputs[0]!];
  },
  vjp: ({ inputs: [x], outputs: [y], grads: [grad], attrs }) => [
    grad!.mul(bind('leakyStep', [attrs.slope > 0 ? y! : x!], attrs)),
  ],
  decompose: ([x], { slope }) => [
    x!
      .relu()
      .mul(1 - slope)
      .add(x!.mul(slope)),
  ],
  samples: unarySamples.flatMap(({ id, inputs }) => [
    { id, inputs, attrs: { slope: 0.2 } },
    { id: `${id}-falling`, inputs, attrs: { slope: -0.5 } },
  ]),
};
