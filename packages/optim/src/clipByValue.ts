import { maximum, minimum, type Optimizer } from '@delira/core';
import { checkOption } from './checkOption.js';

/**
 * Limits every element of the gradients to [−limit, limit], equal to PyTorch's `torch.nn.utils.clip_grad_value_`.
 *
 * @throws ArgumentError unless `limit` is greater than 0.
 */
export function clipByValue(limit: number): Optimizer {
  checkOption('clipByValue', 'limit', limit, { from: 0, exclusive: true });
  return {
    hyper: {},
    init: () => ({}),
    update: (gradients) => [gradients.map((gradient) => minimum(maximum(gradient, -limit), limit)), {}],
  };
}
