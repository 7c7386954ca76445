import type { Optimizer } from '@delira/core';
import { adaptiveMoments, type AdaptiveMomentsOptions } from './adaptiveMoments.js';

/** `weightDecay` shrinks the parameters by `lr · weightDecay` a step; its default is 0.01. */
export type AdamWOptions = AdaptiveMomentsOptions;

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter, 2019), equal to PyTorch's `torch.optim.AdamW`:
 * param −= lr · (weightDecay · param + expAvg / (√expAvgSq + epsilon)), with corrected averages.
 *
 * @throws ArgumentError for an option out of range.
 */
export function adamW(options: AdamWOptions = {}): Optimizer {
  const { weightDecay = 0.01 } = options;
  return adaptiveMoments(
    'adamW',
    { ...options, weightDecay },
    {
      gradient: (gradient) => gradient,
      update: (update, param, lr) => (weightDecay === 0 ? update : param.mul(lr.mul(-weightDecay)).add(update)),
    },
  );
}
