import { Module, Network, noise, softplus, type Step, type Tensor, type Variable } from '@delira/core';
import { filled, normal } from './initializers.js';

class Linear extends Module {
  readonly weight: Variable;
  readonly bias: Variable;

  constructor(inputs: number, outputs: number) {
    super();
    this.weight = this.param([inputs, outputs], normal(0.5));
    this.bias = this.param([outputs], filled(0.1));
  }

  forward(x: Tensor): Tensor {
    return x.matmul(this.weight.value).add(this.bias.value);
  }
}

interface GanBatch {
  readonly data: Tensor;
}

/** Which of the two updates a step makes. */
export type GanPhase = 'both' | 'discriminator' | 'generator';

/** Two optimizers in one step; the generator's loss reads the discriminator that the same step has updated. Data: [N, 3]. */
export class TinyGan extends Network<GanBatch, { image: Tensor }> {
  readonly config = null;
  readonly inputs = { data: { shape: [3], dtype: 'float32' } } as const;
  readonly generator = new Linear(2, 3);
  readonly discriminator = new Linear(3, 1);

  constructor(readonly phase: GanPhase = 'both') {
    super();
  }

  override optimizerGroups(): Readonly<Record<string, readonly Variable[]>> {
    const { generator, discriminator } = this;
    return {
      generator: [generator.weight, generator.bias],
      discriminator: [discriminator.weight, discriminator.bias],
    };
  }

  predict({ data }: GanBatch): { image: Tensor } {
    return { image: this.generator.forward(noise.normal('z', [data.shape[0]!, 2])) };
  }

  override trainStep(batch: GanBatch, step: Step<GanBatch, { image: Tensor }>): Readonly<Record<string, Tensor>> {
    const { image } = this.predict(batch);
    const results: Record<string, Tensor> = {};
    if (this.phase !== 'generator') {
      const real = softplus(this.discriminator.forward(batch.data).neg()).mean();
      // Not stopped: only assign() keeps the generator's gradient from flowing back through this update.
      const fake = softplus(this.discriminator.forward(image)).mean();
      results['discriminatorLoss'] = real.add(fake);
      step.minimize('discriminator', results['discriminatorLoss']);
    }
    if (this.phase !== 'discriminator') {
      results['generatorLoss'] = softplus(this.discriminator.forward(image).neg()).mean();
      step.minimize('generator', results['generatorLoss']);
    }
    return results;
  }
}
