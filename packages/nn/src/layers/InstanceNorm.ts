import { bindAll, constant, Module, type Tensor, type Variable } from '@delira/core';
import { filled } from '../initializers/filled.js';
import { checkChannels } from './perChannel.js';

export interface InstanceNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
  /** Whether channels are scaled and shifted by parameters. Default false. */
  readonly affine?: boolean;
}

/**
 * Normalises each channel of each sample (Ulyanov et al., 2016), as PyTorch's `InstanceNorm1d`, `2d` and `3d` without running
 * statistics. Variables, if affine: `weight`, `bias` [C].
 */
export class InstanceNorm extends Module {
  readonly weight: Variable | null;
  readonly bias: Variable | null;
  readonly #epsilon: number;

  constructor(
    readonly channels: number,
    { epsilon = 1e-5, affine = false }: InstanceNormOptions = {},
  ) {
    super();
    this.#epsilon = epsilon;
    this.weight = affine ? this.param([channels], filled(1)) : null;
    this.bias = affine ? this.param([channels], filled(0)) : null;
  }

  /** [N, C, ...spatial] → the same. @throws ShapeError */
  forward(x: Tensor): Tensor {
    checkChannels('InstanceNorm', x, this.channels, [1, 2, 3]);
    const rows = x.shape[0]!;
    const perSample = (variable: Variable | null, otherwise: number): Tensor =>
      (variable?.value ?? constant(otherwise, x.dtype).broadcastTo([this.channels]))
        .reshape([1, this.channels])
        .broadcastTo([rows, this.channels])
        .reshape([rows * this.channels]);
    // Each channel of each sample is one channel of a batch of one.
    const grouped = x.reshape([1, rows * this.channels, ...x.shape.slice(2)]);
    const inputs = [grouped, perSample(this.weight, 1), perSample(this.bias, 0)];
    return bindAll('batchNorm', inputs, { epsilon: this.#epsilon })[0]!.reshape(x.shape);
  }
}
