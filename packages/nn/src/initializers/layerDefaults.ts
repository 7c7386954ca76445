import type { Initializer, Shape } from '@delira/core';
import { fansOf } from './fansOf.js';
import { kaimingUniform } from './kaiming.js';
import { uniform } from './uniform.js';

/** PyTorch's default for the weights of linear and convolutional layers: uniform within ±1 / √fanIn. */
export const defaultWeight: Initializer = kaimingUniform({ nonlinearity: { leakyRelu: Math.sqrt(5) } });

/** PyTorch's default for the bias beside a weight of this shape: uniform within ±1 / √fanIn. */
export function defaultBias(weightShape: Shape): Initializer {
  const bound = 1 / Math.sqrt(fansOf(weightShape).fanIn);
  return uniform(-bound, bound);
}
