import { createRng, Network, type Sample, type Step, type Tensor, type Variable } from '@delira/core';
import { randomArray } from '@delira/testkit';
import { filled, normal } from './initializers.js';

interface Pairs {
  readonly data: Tensor;
  readonly target: Tensor;
}

/** Least squares from [N, 4] to [N, 2]: a step whose gradient is a mean over samples. */
export class LinearRegression extends Network<Pairs, { pred: Tensor }> {
  readonly config = null;
  readonly inputs = { data: { shape: [4], dtype: 'float32' }, target: { shape: [2], dtype: 'float32' } } as const;
  readonly weight: Variable = this.param([4, 2], normal(0.5));
  readonly bias: Variable = this.param([2], filled(0));

  predict({ data }: Pairs): { pred: Tensor } {
    return { pred: data.matmul(this.weight.value).add(this.bias.value) };
  }

  override trainStep(batch: Pairs, step: Step<Pairs, { pred: Tensor }>): Readonly<Record<string, Tensor>> {
    const error = this.predict(batch).pred.sub(batch.target);
    const loss = error.mul(error).sum([1]).mean();
    step.minimize('default', loss);
    return { loss };
  }

  override evalStep(batch: Pairs): Readonly<Record<string, Tensor>> {
    return this.predict(batch);
  }
}

/** Seeded pairs. */
export function regressionBatch(seed: number, count: number): Sample {
  const rng = createRng(seed);
  return {
    data: randomArray({ shape: [count, 4], dtype: 'float32' }, [-1, 1], rng.fork('data')),
    target: randomArray({ shape: [count, 2], dtype: 'float32' }, [-1, 1], rng.fork('target')),
  };
}
