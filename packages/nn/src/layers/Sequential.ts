import { Module, type Tensor } from '@delira/core';
import type { Layer } from './Layer.js';

/** Layers one after the other, named `0`, `1`, … as in PyTorch, so that variables are called `0.weight`. */
export class Sequential extends Module {
  readonly [index: number]: Layer;
  readonly length: number;

  constructor(...layers: readonly Layer[]) {
    super();
    Object.assign(this, layers);
    this.length = layers.length;
  }

  forward(x: Tensor): Tensor {
    let y = x;
    for (let index = 0; index < this.length; index++) y = this[index]!.forward(y);
    return y;
  }
}
