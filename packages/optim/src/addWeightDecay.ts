import type { Tensor } from '@delira/core';

/** The gradient of the loss plus `weightDecay / 2 · |param|²`, as PyTorch's `weight_decay` of SGD, Adam and RMSprop. */
export function addWeightDecay(gradient: Tensor, param: Tensor, weightDecay: number): Tensor {
  return weightDecay === 0 ? gradient : param.mul(weightDecay).add(gradient);
}
