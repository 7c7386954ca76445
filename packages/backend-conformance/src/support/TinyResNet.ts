import {
  conv,
  logSoftmax,
  maxPool,
  Module,
  Network,
  oneHot,
  type Step,
  type Tensor,
  type Variable,
} from '@delira/core';
import { filled, normal } from './initializers.js';
import { Norm } from './Norm.js';
import type { ImageBatch } from './TinyConvNet.js';

/** A strided 1×1 convolution, so that the input fits the output of a block that shrinks it. */
class Shortcut extends Module {
  readonly kernel: Variable;
  readonly norm: Norm;

  constructor(
    inputs: number,
    outputs: number,
    readonly stride: number,
  ) {
    super();
    this.kernel = this.param([outputs, inputs, 1, 1], normal(0.3));
    this.norm = new Norm(outputs);
  }

  forward(x: Tensor): Tensor {
    return this.norm.forward(conv(x, this.kernel.value, { stride: this.stride }));
  }
}

/** Two 3×3 convolutions and a shortcut. */
class Block extends Module {
  readonly conv1: Variable;
  readonly norm1: Norm;
  readonly conv2: Variable;
  readonly norm2: Norm;
  readonly shortcut: Shortcut | null;

  constructor(
    inputs: number,
    outputs: number,
    readonly stride: number,
  ) {
    super();
    this.conv1 = this.param([outputs, inputs, 3, 3], normal(0.1));
    this.norm1 = new Norm(outputs);
    this.conv2 = this.param([outputs, outputs, 3, 3], normal(0.1));
    this.norm2 = new Norm(outputs);
    this.shortcut = stride === 1 ? null : new Shortcut(inputs, outputs, stride);
  }

  forward(x: Tensor): Tensor {
    const { stride, shortcut } = this;
    const inner = this.norm1.forward(conv(x, this.conv1.value, { stride, padding: 1 })).relu();
    const body = this.norm2.forward(conv(inner, this.conv2.value, { padding: 1 }));
    return body.add(shortcut === null ? x : shortcut.forward(x)).relu();
  }
}

/** The structure of ResNet18 with two blocks: a strided 7×7 stem, overlapping pooling, shortcuts of both kinds. */
export class TinyResNet extends Network<ImageBatch, { pred: Tensor }> {
  readonly config = null;
  readonly inputs = { data: { shape: [1, 20, 20], dtype: 'float32' }, label: { shape: [], dtype: 'int32' } } as const;
  readonly stem: Variable = this.param([16, 1, 7, 7], normal(0.15));
  readonly norm = new Norm(16);
  readonly blocks = [new Block(16, 16, 1), new Block(16, 32, 2)];
  readonly weight: Variable = this.param([32, 3], normal(0.3));
  readonly bias: Variable = this.param([3], filled(0));

  predict({ data }: ImageBatch): { pred: Tensor } {
    const stem = this.norm.forward(conv(data, this.stem.value, { stride: 2, padding: 3 })).relu();
    const pooled = maxPool(stem, { window: 3, stride: 2, padding: 1 });
    const features = this.blocks.reduce((x, block) => block.forward(x), pooled).mean([2, 3]);
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
