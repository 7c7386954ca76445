import { constant, minimum, type Optimizer, type Tensor } from '@delira/core';
import { checkOption } from './checkOption.js';

/**
 * Scales all gradients by one factor so that their joint L2 norm is at most `maximumNorm`, equal to PyTorch's
 * `torch.nn.utils.clip_grad_norm_`: the factor is min(1, maximumNorm / (norm + 1e-6)).
 *
 * @throws ArgumentError unless `maximumNorm` is greater than 0.
 */
export function clipByGlobalNorm(maximumNorm: number): Optimizer {
  checkOption('clipByGlobalNorm', 'maximumNorm', maximumNorm, { from: 0, exclusive: true });
  return {
    hyper: {},
    init: () => ({}),
    update(gradients) {
      const squares = gradients.map((gradient) => gradient.mul(gradient).sum());
      const [first, ...rest] = squares;
      if (first === undefined) return [gradients, {}];
      const norm = rest.reduce((sum: Tensor, square) => sum.add(square), first).sqrt();
      const factor = minimum(constant(maximumNorm, norm.dtype).div(norm.add(1e-6)), 1);
      return [gradients.map((gradient) => gradient.mul(factor)), {}];
    },
  };
}
