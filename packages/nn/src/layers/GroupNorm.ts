import { ArgumentError, bindAll, constant, Module, type Tensor, type Variable } from '@delira/core';
import { filled } from '../initializers/filled.js';
import { checkChannels, perChannel } from './perChannel.js';

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
    const count = x.shape[0]! * this.groups;
    const all = (value: number): Tensor => constant(value, x.dtype).broadcastTo([count]);
    // Each group of each sample is one channel of a batch of one.
    const grouped = x.reshape([1, count, -1]);
    const [normalized] = bindAll('batchNorm', [grouped, all(1), all(0)], { epsilon: this.#epsilon });
    const y = normalized!.reshape(x.shape);
    if (this.weight === null || this.bias === null) return y;
    const rank = x.shape.length;
    return y.mul(perChannel(this.weight.value, rank)).add(perChannel(this.bias.value, rank));
  }
}
