import { Module, type Tensor } from '@delira/core';
import { expectClose, type FixtureArray, fixtureArray } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import {
  AdaptiveAveragePool,
  AdaptiveMaxPool,
  AveragePool,
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  ELU,
  GELU,
  GroupNorm,
  HardSigmoid,
  InstanceNorm,
  interpolateLinear,
  type InterpolateLinearOptions,
  type Layer,
  LayerNorm,
  LeakyReLU,
  Linear,
  LogSigmoid,
  LogSoftmax,
  MaxPool,
  PReLU,
  ReLU,
  Sigmoid,
  SiLU,
  Softmax,
  Softplus,
  Tanh,
  UpsampleLinear,
  UpsampleNearest,
} from '../src/index.js';
import { arrays, details, fixture, type LayerCase, more, tolerance } from './fixture.js';
import { runLayer } from './runLayer.js';

const pools: Readonly<Record<string, Layer>> = {
  'max pool 2/2, ties': new MaxPool({ window: 2 }),
  'max pool 3/2 padding 1, ties': new MaxPool({ window: 3, stride: 2, padding: 1 }),
  'max pool 3/1 padding 1, ties': new MaxPool({ window: 3, stride: 1, padding: 1 }),
  'max pool 3/2 padding 1, constant': new MaxPool({ window: 3, stride: 2, padding: 1 }),
  'max pool 2/2 3d, ties': new MaxPool({ window: 2 }),
  'average pool 3/2 padding 1': new AveragePool({ window: 3, stride: 2, padding: 1 }),
  'average pool 3/2 padding 1, padding not counted': new AveragePool({
    window: 3,
    stride: 2,
    padding: 1,
    countPadding: false,
  }),
  'global average pool': new AdaptiveAveragePool(1),
};

const layers: Readonly<Record<string, Layer>> = {
  linear: new Linear(3, 2),
  'conv 3x3 padding 1': new Conv2d(3, 2, { kernel: 3, padding: 1 }),
  'conv 3x2 stride 2 dilation 2': new Conv2d(3, 2, {
    kernel: 2,
    stride: 2,
    padding: [1, 0],
    dilation: [2, 1],
    bias: false,
  }),
  'conv grouped': new Conv2d(4, 6, { kernel: 3, stride: 2, padding: 1, groups: 2 }),
  'conv 1d': new Conv1d(2, 3, { kernel: 3, padding: 1 }),
  'conv 3d': new Conv3d(1, 2, { kernel: 2, padding: 1, stride: 2 }),
  'conv transpose 2/2': new ConvTranspose2d(3, 2, { kernel: 2, stride: 2 }),
  'conv transpose 3/2 padding 1 output padding 1': new ConvTranspose2d(3, 2, {
    kernel: 3,
    stride: 2,
    padding: 1,
    outputPadding: 1,
  }),
  'conv transpose grouped': new ConvTranspose2d(4, 4, { kernel: 3, groups: 2, bias: false }),
  'conv transpose 3d': new ConvTranspose3d(2, 1, { kernel: 2, stride: 2 }),
  'layer norm': new LayerNorm([4]),
  'group norm': new GroupNorm(2, 4),
  'instance norm': new InstanceNorm(2, { affine: true }),
  'upsample nearest': new UpsampleNearest(2),
  'upsample bilinear': new UpsampleLinear(2),
  softmax: new Softmax(),
  'log softmax': new LogSoftmax(),
  prelu: new PReLU(2),
};

const activations: Readonly<Record<string, Layer>> = {
  'ReLU()': new ReLU(),
  'LeakyReLU(negative_slope=0.2)': new LeakyReLU(0.2),
  'Sigmoid()': new Sigmoid(),
  'Tanh()': new Tanh(),
  'Softplus(beta=1.0, threshold=20.0)': new Softplus(),
  'ELU(alpha=1.0)': new ELU(),
  "GELU(approximate='none')": new GELU(),
  'SiLU()': new SiLU(),
  'Hardsigmoid()': new HardSigmoid(),
  'LogSigmoid()': new LogSigmoid(),
};

const batchNorms: Readonly<Record<string, Layer>> = {
  'batch norm 2d': new BatchNorm2d(2),
  'batch norm 1d': new BatchNorm1d(3),
  'batch norm 3d': new BatchNorm3d(2),
  'batch norm 2d, momentum 0.3': new BatchNorm2d(2, { momentum: 0.3, epsilon: 1e-3 }),
  'batch norm 2d, not affine': new BatchNorm2d(2, { affine: false }),
};

const further: Readonly<Record<string, Layer>> = {
  'adaptive average pool 3x2': new AdaptiveAveragePool([3, 2]),
  'adaptive average pool 5x3': new AdaptiveAveragePool([5, 3]),
  'adaptive average pool 1d': new AdaptiveAveragePool(2),
  'average pool 2/2, odd': new AveragePool({ window: 2 }),
  'average pool 2/1 3d': new AveragePool({ window: 2, stride: 1 }),
  'group norm, all channels apart': new GroupNorm(4, 4),
  'group norm, features': new GroupNorm(2, 4, { affine: false }),
  'layer norm, two axes': new LayerNorm([3, 2], { epsilon: 1e-3 }),
  'instance norm 3d': new InstanceNorm(2),
  'linear, three axes, no bias': new Linear(3, 2, { bias: false }),
  'conv transpose 1d': new ConvTranspose1d(2, 3, { kernel: 4, stride: 3, padding: 1, outputPadding: 2 }),
  'conv transpose dilated': new ConvTranspose2d(2, 2, { kernel: 3, stride: 2, padding: 1, dilation: 2 }),
  'upsample nearest 3d': new UpsampleNearest([1, 2, 3]),
  'prelu, shared': new PReLU(),
};

class Interpolate extends Module implements Layer {
  constructor(private readonly options: InterpolateLinearOptions) {
    super();
  }
  forward(x: Tensor): Tensor {
    return interpolateLinear(x, this.options);
  }
}

const later: Readonly<Record<string, Layer>> = {
  'adaptive max pool 2x3, even': new AdaptiveMaxPool([2, 3]),
  'adaptive max pool 3x2, ties': new AdaptiveMaxPool([3, 2]),
  'adaptive max pool 5x3, more outputs than inputs': new AdaptiveMaxPool([5, 3]),
  'adaptive max pool 1d': new AdaptiveMaxPool(3),
  'adaptive max pool 3d, ties': new AdaptiveMaxPool([2, 1, 3]),
  'adaptive max pool 3d, to one': new AdaptiveMaxPool(1),
  'upsample linear 1d': new UpsampleLinear(3),
  'upsample bilinear, aligned corners': new UpsampleLinear(2, { alignCorners: true }),
  'upsample bilinear, one row': new UpsampleLinear([2, 3]),
  'upsample bilinear 1.5 and 2.6': new UpsampleLinear([1.5, 2.6]),
  'upsample bilinear, smaller': new UpsampleLinear(0.5),
  'upsample trilinear': new UpsampleLinear(2),
  'upsample trilinear, aligned corners': new UpsampleLinear([1, 2, 3], { alignCorners: true }),
  'interpolate to 5x4': new Interpolate({ size: [5, 4] }),
  'interpolate to 1x7, aligned corners': new Interpolate({ size: [1, 7], alignCorners: true }),
};

async function compare(layer: Layer, expected: LayerCase): Promise<void> {
  // PyTorch's hard sigmoid multiplies by a sixth in float32, in float64 too.
  const bound = layer instanceof HardSigmoid ? { rtol: 1e-7, atol: 1e-9 } : tolerance;
  const { output, gradients } = await runLayer(layer as Module, (x: Tensor) => layer.forward(x), {
    inputs: expected.inputs.map((array) => fixtureArray(array)),
    state: arrays(expected.parameters),
    weightOfOutput: fixtureArray(expected.weightOfOutput),
  });
  expectClose(output, fixtureArray(expected.output), bound, 'output');
  const { inputs, ...parameters } = expected.gradients;
  const named = { ...parameters, input0: (inputs as readonly FixtureArray[])[0]! } as Record<string, FixtureArray>;
  expect(Object.keys(gradients).sort()).toEqual(Object.keys(named).sort());
  for (const [name, array] of Object.entries(named))
    expectClose(gradients[name]!, fixtureArray(array), bound, `gradient of ${name}`);
}

describe.each<readonly [string, readonly LayerCase[], Readonly<Record<string, Layer>>]>([
  ['pooling', fixture.pooling, pools],
  ['layers', fixture.layers, layers],
  ['activations', fixture.activations, activations],
  ['batch norm', fixture.batchNorm, batchNorms],
  ['further layers', details.layers, further],
  ['later layers', more.layers, later],
])('%s: outputs and gradients equal PyTorch', (_, all, table) => {
  it('has a layer for every recorded case', () => {
    const recorded = all.map(({ name }) => name);
    expect(recorded.length).toBeGreaterThan(4);
    expect(Object.keys(table).sort()).toEqual(recorded.sort());
  });

  it.each(all)('$name', async (expected) => {
    await compare(table[expected.name]!, expected);
  });
});
