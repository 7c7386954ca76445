import type { Optimizer } from '@delira/core';
import { addWeightDecay } from './addWeightDecay.js';
import { adaptiveMoments, type AdaptiveMomentsOptions } from './adaptiveMoments.js';

/** `weightDecay` is an L2 penalty added to the gradient; `adamW` decays the parameters themselves. */
export type AdamOptions = AdaptiveMomentsOptions;

/**
 * Adam (Kingma & Ba, 2015), equal to PyTorch's `torch.optim.Adam`. The state is in scaled form: see `adaptiveMoments`, and
 * `adamStateToPyTorch` for PyTorch's own. Costs seven passes over the parameters.
 *
 * @throws ArgumentError for an option out of range.
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return adaptiveMoments('adam', options, {
    gradient: addWeightDecay,
    update: (update) => update,
  });
}
