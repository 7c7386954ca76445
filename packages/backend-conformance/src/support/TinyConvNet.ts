import {
  bindAll,
  conv,
  logSoftmax,
  maxPool,
  Module,
  Network,
  noise,
  oneHot,
  type Step,
  type Tensor,
  type Variable,
} from '@delira/core';
import { filled, normal } from './initializers.js';

/** Batch norm with running statistics, by hand: conformance depends on core only. */
class Norm extends Module {
  readonly weight: Variable;
  readonly bias: Variable;
  readonly running_mean: Variable;
  readonly running_var: Variable;
  readonly num_batches_tracked: Variable;

  constructor(channels: number) {
    super();
    this.weight = this.param([channels], filled(1));
    this.bias = this.param([channels], filled(0));
    this.running_mean = this.buffer([channels], 0);
    this.running_var = this.buffer([channels], 1);
    this.num_batches_tracked = this.buffer([], 0, 'int32');
  }

  forward(x: Tensor): Tensor {
    const perChannel = (value: Tensor): Tensor => value.reshape([1, value.shape[0]!, 1, 1]);
    if (!this.training) {
      const deviation = this.running_var.value.add(1e-5).sqrt();
      const centered = x.sub(perChannel(this.running_mean.value)).div(perChannel(deviation));
      return centered.mul(perChannel(this.weight.value)).add(perChannel(this.bias.value));
    }
    const [y, mean, variance] = bindAll('batchNorm', [x, this.weight.value, this.bias.value], { epsilon: 1e-5 });
    this.running_mean.assign(this.running_mean.value.mul(0.9).add(mean!.mul(0.1)));
    this.running_var.assign(this.running_var.value.mul(0.9).add(variance!.mul(0.1)));
    this.num_batches_tracked.assign(this.num_batches_tracked.value.add(1));
    return y!;
  }
}

/** Entries of a batch: images [N, 1, 8, 8] and int32 classes [N]. */
export interface ImageBatch {
  readonly data: Tensor;
  readonly label: Tensor;
}

/**
 * Everything a residual network is made of, at the smallest size that uses blocked layouts: convolutions, batch norm, ReLU, max pooling,
 * a residual sum, a linear layer and cross-entropy; with dropout if asked for.
 */
export class TinyConvNet extends Network<ImageBatch, { pred: Tensor }> {
  readonly config: { readonly dropout: boolean };
  readonly inputs = { data: { shape: [1, 8, 8], dtype: 'float32' }, label: { shape: [], dtype: 'int32' } } as const;
  readonly stem: Variable;
  readonly norm1: Norm;
  readonly block: Variable;
  readonly norm2: Norm;
  readonly weight: Variable;
  readonly bias: Variable;

  constructor(config: { readonly dropout: boolean } = { dropout: false }) {
    super();
    this.config = config;
    this.stem = this.param([16, 1, 3, 3], normal(0.4));
    this.norm1 = new Norm(16);
    this.block = this.param([16, 16, 3, 3], normal(0.1));
    this.norm2 = new Norm(16);
    this.weight = this.param([16, 3], normal(0.3));
    this.bias = this.param([3], filled(0));
  }

  predict({ data }: ImageBatch): { pred: Tensor } {
    const stem = maxPool(this.norm1.forward(conv(data, this.stem.value, { padding: 1 })).relu(), { window: 2 });
    const body = this.norm2
      .forward(conv(stem, this.block.value, { padding: 1 }))
      .add(stem)
      .relu();
    let features = body.mean([2, 3]);
    if (this.config.dropout && this.training)
      features = features.mul(noise.bernoulli('dropout', features.shape, 0.5)).mul(2);
    return { pred: features.matmul(this.weight.value).add(this.bias.value) };
  }

  override trainStep(batch: ImageBatch, step: Step<ImageBatch, { pred: Tensor }>): Readonly<Record<string, Tensor>> {
    const { pred } = this.predict(batch);
    const loss = logSoftmax(pred, 1).mul(oneHot(batch.label, 3)).sum([1]).mean().neg();
    step.minimize('default', loss);
    return { loss, pred };
  }

  override evalStep(batch: ImageBatch): Readonly<Record<string, Tensor>> {
    return this.predict(batch);
  }
}
