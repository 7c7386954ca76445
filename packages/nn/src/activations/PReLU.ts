import { Module, type Tensor, type Variable } from '@delira/core';
import { filled } from '../initializers/filled.js';
import { perChannel } from '../layers/perChannel.js';

/** x where x > 0, else weight · x with a trained slope (He et al., 2015), as PyTorch's `PReLU`. Variables: `weight` [channels] or [1]. */
export class PReLU extends Module {
  readonly weight: Variable;

  /** @param channels one slope for each channel of [N, C, ...], or 1 for all. Default 1. */
  constructor(channels = 1) {
    super();
    this.weight = this.param([channels], filled(0.25));
  }

  forward(x: Tensor): Tensor {
    const positive = x.relu();
    return x
      .sub(positive)
      .mul(perChannel(this.weight.value, Math.max(2, x.shape.length)))
      .add(positive);
  }
}
