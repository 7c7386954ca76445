import type { Tensor } from '@delira/core';
import type { Layer } from '@delira/nn';
import { DoubleConv } from './DoubleConv.js';

/** A level of a U-Net's encoder: [N, in, ...spatial] → [N, out, ...spatial]. */
export class DownConv extends DoubleConv implements Layer {
  /** @throws ShapeError */
  forward(x: Tensor): Tensor {
    return this.convolve(x);
  }
}
