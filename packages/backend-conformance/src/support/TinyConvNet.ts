import { conv, logSoftmax, maxPool, Network, noise, oneHot, type Step, type Tensor, type Variable } from '@delira/core';
import { filled, normal } from './initializers.js';
import { Norm } from './Norm.js';

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
