import {
  full,
  type Initializer,
  Network,
  type Optimizer,
  type Step,
  type Tensor,
  type Variable,
} from '../src/index.js';

export interface Pairs {
  readonly data: Tensor;
  readonly label: Tensor;
}
export interface Prediction {
  readonly pred: Tensor;
}

const normal: Initializer = (rng, shape) => {
  const array = full(shape, 0);
  rng.fillNormal(array.data);
  return array;
};

/** pred = data · weight + bias, from [N, 2] to [N, 1]; counts its steps. */
export class Regression extends Network<Pairs, Prediction> {
  readonly config = {};
  readonly inputs = {
    data: { shape: [2], dtype: 'float32' },
    label: { shape: [1], dtype: 'float32', range: [0, 1] },
  } as const;
  readonly weight: Variable = this.param([2, 1], normal);
  readonly bias: Variable = this.param([1], normal);
  readonly steps: Variable = this.buffer([], 0, 'int32');

  predict({ data }: Pairs): Prediction {
    if (this.training) this.steps.assign(this.steps.value.add(1));
    return { pred: data.matmul(this.weight.value).add(this.bias.value) };
  }
}

/** A step written by the test. */
export class Custom extends Regression {
  constructor(
    private readonly body: (network: Custom, batch: Pairs, step: Step<Pairs, Prediction>) => Record<string, Tensor>,
  ) {
    super();
  }

  override optimizerGroups(): Readonly<Record<string, readonly Variable[]>> {
    return { default: [this.weight, this.bias], weight: [this.weight], bias: [this.bias] };
  }

  override trainStep(batch: Pairs, step: Step<Pairs, Prediction>): Readonly<Record<string, Tensor>> {
    return this.body(this, batch, step);
  }
}

export const squaredError = ({ pred }: Prediction, { label }: Pairs): Tensor => {
  const error = pred.sub(label);
  return error.mul(error).mean();
};

/** −lr · gradient, with a sum of gradients and a copy of each parameter as state, and a count that starts at 5. */
export function recordingSgd(): Optimizer {
  return {
    hyper: { lr: 0.1 },
    init: (params) => ({
      count: { shape: [], dtype: 'int32', fill: 5 },
      ...Object.fromEntries(
        params.map(({ name, shape, dtype }) => [`copy.${name}`, { shape, dtype, copyOf: name } as const]),
      ),
    }),
    update: (gradients, state, { hyper, names }) => [
      gradients.map((gradient) => gradient.mul(hyper('lr').neg())),
      {
        ...Object.fromEntries(
          names.map((name, index) => [`copy.${name}`, state[`copy.${name}`]!.add(gradients[index]!)]),
        ),
        count: state['count']!.add(1),
      },
    ],
  };
}

/** −lr · gradient and no state. */
export const plainSgd = (): Optimizer => ({
  hyper: { lr: 0.1 },
  init: () => ({}),
  update: (gradients, _state, { hyper }) => [gradients.map((gradient) => gradient.mul(hyper('lr').neg())), {}],
});

export const signature = {
  data: { shape: [4, 2], dtype: 'float32' },
  label: { shape: [4, 1], dtype: 'float32' },
} as const;
