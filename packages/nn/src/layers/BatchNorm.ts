import {
  bindAll,
  constant,
  formatShape,
  type Initializer,
  Module,
  ShapeError,
  sizeOf,
  type Tensor,
  type Variable,
} from '@delira/core';
import { filled } from '../initializers/filled.js';
import { checkChannels, perChannel } from './perChannel.js';

export interface BatchNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
  /** Share of the new batch in the running statistics; null: the average of all batches. Default 0.1. */
  readonly momentum?: number | null;
  /** Whether channels are scaled and shifted by parameters. Default true. */
  readonly affine?: boolean;
  /** Draws the weight. Default: ones. */
  readonly initialize?: Initializer;
}

/**
 * Batch normalisation (Ioffe & Szegedy, 2015) with running statistics counted as PyTorch does: training normalises with the batch's
 * biased variance and averages the unbiased one; evaluation normalises with the running statistics. Variables, named as PyTorch's:
 * `weight`, `bias` [C], `running_mean`, `running_var` [C], `num_batches_tracked` [], int32.
 */
export abstract class BatchNorm extends Module {
  readonly weight: Variable | null;
  readonly bias: Variable | null;
  readonly running_mean: Variable;
  readonly running_var: Variable;
  readonly num_batches_tracked: Variable;
  /** Set to true to normalise with the running statistics in training too, and to leave them alone: for fine-tuning. */
  frozen = false;
  readonly #epsilon: number;
  readonly #momentum: number | null;

  protected constructor(
    private readonly spatialRanks: readonly number[],
    readonly channels: number,
    { epsilon = 1e-5, momentum = 0.1, affine = true, initialize = filled(1) }: BatchNormOptions,
  ) {
    super();
    this.#epsilon = epsilon;
    this.#momentum = momentum;
    this.weight = affine ? this.param([channels], initialize) : null;
    this.bias = affine ? this.param([channels], filled(0)) : null;
    this.running_mean = this.buffer([channels], 0);
    this.running_var = this.buffer([channels], 1);
    this.num_batches_tracked = this.buffer([], 0, 'int32');
  }

  /** [N, C, ...spatial] → the same. @throws ShapeError, also for a training batch with one value per channel. */
  forward(x: Tensor): Tensor {
    checkChannels(this.constructor.name, x, this.channels, this.spatialRanks);
    return this.training && !this.frozen ? this.#withBatchStatistics(x) : this.#withRunningStatistics(x);
  }

  #withBatchStatistics(x: Tensor): Tensor {
    const count = sizeOf(x.shape) / this.channels;
    if (count < 2)
      throw new ShapeError(
        `${this.constructor.name} needs more than one value per channel to train, got ${formatShape(x.shape)}. Use larger batches or images.`,
      );
    const [scale, shift] = this.#affine(x);
    const [y, mean, variance] = bindAll('batchNorm', [x, scale, shift], { epsilon: this.#epsilon });
    this.#average(mean!, variance!.mul(count / (count - 1)));
    return y!;
  }

  #withRunningStatistics(x: Tensor): Tensor {
    const [scale, shift] = this.#affine(x);
    const mean = this.running_mean.value.cast(x.dtype);
    const factor = scale.div(this.running_var.value.cast(x.dtype).add(this.#epsilon).sqrt());
    const rank = x.shape.length;
    return x.mul(perChannel(factor, rank)).add(perChannel(shift.sub(mean.mul(factor)), rank));
  }

  #affine(x: Tensor): readonly [scale: Tensor, shift: Tensor] {
    const all = (value: number): Tensor => constant(value, x.dtype).broadcastTo([this.channels]);
    return [this.weight?.value ?? all(1), this.bias?.value ?? all(0)];
  }

  #average(mean: Tensor, variance: Tensor): void {
    const tracked = this.num_batches_tracked.value.add(1);
    this.num_batches_tracked.assign(tracked);
    for (const [buffer, batch] of [
      [this.running_mean, mean],
      [this.running_var, variance],
    ] as const) {
      const { value } = buffer;
      const { dtype } = value;
      const share = this.#momentum ?? constant(1, dtype).div(tracked.cast(dtype));
      const kept = typeof share === 'number' ? 1 - share : constant(1, dtype).sub(share);
      buffer.assign(value.mul(kept).add(batch.cast(dtype).mul(share)));
    }
  }
}

/** For [N, C] and [N, C, W], as PyTorch's `BatchNorm1d`. */
export class BatchNorm1d extends BatchNorm {
  constructor(channels: number, options: BatchNormOptions = {}) {
    super([0, 1], channels, options);
  }
}

/** For [N, C, H, W], as PyTorch's `BatchNorm2d`. */
export class BatchNorm2d extends BatchNorm {
  constructor(channels: number, options: BatchNormOptions = {}) {
    super([2], channels, options);
  }
}

/** For [N, C, D, H, W], as PyTorch's `BatchNorm3d`. */
export class BatchNorm3d extends BatchNorm {
  constructor(channels: number, options: BatchNormOptions = {}) {
    super([3], channels, options);
  }
}
