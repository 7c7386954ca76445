import {
  conv,
  createRng,
  type Feeds,
  type Initializer,
  maxPool,
  Network,
  type Optimizer,
  type Sample,
  type Step,
  type Tensor,
  TrainableSystem,
  type Variable,
} from '@delira/core';
import { randomArray } from '@delira/testkit';

interface Images {
  readonly data: Tensor;
  readonly target: Tensor;
}

const uniform: Initializer = (rng, shape) => randomArray({ shape, dtype: 'float32' }, [-0.2, 0.2], rng);

/** Two convolutions wide enough for the tuned flavour's blocks, and a linear layer. */
class BlockedNet extends Network<Images, { pred: Tensor }> {
  readonly config = {};
  readonly inputs = { data: { shape: [2, 8, 8], dtype: 'float32' }, target: { shape: [3], dtype: 'float32' } } as const;
  readonly first: Variable = this.param([16, 2, 3, 3], uniform);
  readonly second: Variable = this.param([32, 16, 3, 3], uniform);
  readonly linear: Variable = this.param([32, 3], uniform);
  readonly steps: Variable = this.buffer([], 0, 'int32');

  predict({ data }: Images): { pred: Tensor } {
    const maps = maxPool(conv(data, this.first.value, { padding: 1 }).relu(), { window: 2 });
    const features = conv(maps, this.second.value, { padding: 1 }).relu().mean([2, 3]);
    return { pred: features.matmul(this.linear.value) };
  }

  override trainStep(batch: Images, step: Step<Images, { pred: Tensor }>): Readonly<Record<string, Tensor>> {
    const error = this.predict(batch).pred.sub(batch.target);
    const loss = error.mul(error).mean();
    step.minimize('default', loss);
    this.steps.assign(this.steps.value.add(1));
    return { loss };
  }
}

const momentum: Optimizer = {
  hyper: { lr: 0.1 },
  init: (params) => Object.fromEntries(params.map(({ name, shape, dtype }) => [name, { shape, dtype, fill: 0 }])),
  update(gradients, state, { names, hyper }) {
    const velocities = gradients.map((gradient, index) => state[names[index]!]!.mul(0.9).add(gradient));
    return [
      velocities.map((velocity) => velocity.mul(hyper('lr')).neg()),
      Object.fromEntries(velocities.map((velocity, index) => [names[index]!, velocity])),
    ];
  },
};

export const system = new TrainableSystem(new BlockedNet(), { optimizers: { default: momentum } });

export const hyper = { 'default.lr': 0.1 };

export function batchOf(step: number): Sample {
  const rng = createRng(step);
  return {
    data: randomArray({ shape: [4, 2, 8, 8], dtype: 'float32' }, [-1, 1], rng.fork('data')),
    target: randomArray({ shape: [4, 3], dtype: 'float32' }, [-1, 1], rng.fork('target')),
  };
}

export const feedsOf = (step: number): Feeds => ({ batch: batchOf(step), hyper });
