import { ArgumentError, bindAll, constant, Module, type Tensor, type Variable } from '@delira/core';
import { filled } from '../initializers/filled.js';
import { checkChannels } from './perChannel.js';

export interface GroupNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
  /** Whether channels are scaled and shifted by parameters. Default true. */
  readonly affine?: boolean;
}

/**
 * Normalises each sample's groups of channels (Wu & He, 2018), as PyTorch's `GroupNorm`, whatever the number of spatial axes.
 * Variables: `weight`, `bias` [C].
 */
export class GroupNorm extends Module {
  readonly weight: Variable | null;
  readonly bias: Variable | null;
  readonly #epsilon: number;

  /** @throws ArgumentError when the groups do not divide the channels evenly. */
  constructor(
    readonly groups: number,
    readonly channels: number,
    { epsilon = 1e-5, affine = true }: GroupNormOptions = {},
  ) {
    super();
    if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0)
      throw new ArgumentError(`GroupNorm: ${groups} groups do not divide ${channels} channels evenly.`);
    this.#epsilon = epsilon;
    this.weight = affine ? this.param([channels], filled(1)) : null;
    this.bias = affine ? this.param([channels], filled(0)) : null;
  }

  /** [N, C, ...spatial] → the same. @throws ShapeError */
  forward(x: Tensor): Tensor {
    checkChannels('GroupNorm', x, this.channels);
    const rows = x.shape[0]!;
    const perSample = (variable: Variable | null, otherwise: number): Tensor =>
      (variable?.value ?? constant(otherwise, x.dtype).broadcastTo([this.channels]))
        .reshape([1, this.channels])
        .broadcastTo([rows, this.channels])
        .reshape([rows * this.channels]);
    // The groups of each sample are groups of a batch of one.
    const apart = x.reshape([1, rows * this.channels, ...x.shape.slice(2)]);
    const inputs = [apart, perSample(this.weight, 1), perSample(this.bias, 0)];
    const attrs = { epsilon: this.#epsilon, groups: rows * this.groups };
    return bindAll('batchNorm', inputs, attrs)[0]!.reshape(x.shape);
  }
}
