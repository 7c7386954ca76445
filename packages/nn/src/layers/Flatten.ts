import { Module, type Tensor } from '@delira/core';

/** Joins all axes but the first: [N, ...] → [N, F]. */
export class Flatten extends Module {
  forward(x: Tensor): Tensor {
    return x.reshape([x.shape[0]!, -1]);
  }
}
