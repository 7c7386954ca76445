import { full, type NDArray, ndarray, type Tensor, trace } from '@delira/core';
import { expectClose, fixtureArray } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { BatchNorm1d, BatchNorm2d, BatchNorm3d, type BatchNorm } from '../src/index.js';
import { arrays, type BatchNormCase, details, fixture, tolerance } from './fixture.js';
import { runLayer } from './runLayer.js';

function layerOf({ name, momentum, epsilon, inputs, parameters }: BatchNormCase): BatchNorm {
  const { shape } = inputs[0]!;
  const options = { momentum, epsilon, affine: parameters['weight'] !== undefined };
  const Layer = { 2: BatchNorm1d, 4: BatchNorm2d, 5: BatchNorm3d }[shape.length];
  expect(Layer, name).toBeDefined();
  return new Layer!(shape[1]!, options);
}

const forward = (layer: BatchNorm) => (x: Tensor) => layer.forward(x);
const statistics = ['running_mean', 'running_var', 'num_batches_tracked'] as const;

describe('running statistics equal PyTorch', () => {
  it.each([...fixture.batchNorm, ...details.batchNorm])('$name', async (expected) => {
    const layer = layerOf(expected);
    let state: ReadonlyMap<string, NDArray> = arrays(expected.parameters);
    for (const [step, input] of [expected.inputs[0]!, expected.secondInput].entries()) {
      ({ state } = await runLayer(layer, forward(layer), { inputs: [fixtureArray(input)], state }));
      for (const name of statistics)
        expectClose(state.get(name)!, fixtureArray(expected.runningAfter[step]![name]!), tolerance, name);
    }
    const evaluation = await runLayer(layer, forward(layer), {
      inputs: [fixtureArray(expected.inputs[0]!)],
      state,
      training: false,
    });
    expectClose(evaluation.output, fixtureArray(expected.evaluated), tolerance, 'evaluated');
    for (const name of statistics) expect(evaluation.state.get(name)).toEqual(state.get(name));
  });
});

describe('batch norm', () => {
  const image = ndarray([1, 2, 3, 6], [2, 1, 1, 2], 'float64');

  it('counts in int32 and starts as the identity', () => {
    const layer = new BatchNorm2d(3);
    expect(layer.num_batches_tracked.aval).toEqual({ shape: [], dtype: 'int32' });
    const values = [layer.weight!, layer.bias!, layer.running_mean, layer.running_var].map(({ initialize, aval }) =>
      Array.from(initialize(undefined as never, aval.shape).data),
    );
    expect(values).toEqual([
      [1, 1, 1],
      [0, 0, 0],
      [0, 0, 0],
      [1, 1, 1],
    ]);
  });

  it('leaves its statistics alone and uses them when frozen', async () => {
    const layer = new BatchNorm2d(1);
    layer.frozen = true;
    const { output, state } = await runLayer(layer, forward(layer), { inputs: [image] });
    expectClose(
      output,
      [1, 2, 3, 6].map((value) => value / Math.sqrt(1 + 1e-5)),
      tolerance,
    );
    expect(Array.from(state.get('running_mean')!.data)).toEqual([0]);
    expect(state.get('num_batches_tracked')!.data[0]).toBe(0);
  });

  it('costs one product and one sum per element in evaluation', () => {
    const layer = new BatchNorm2d(2);
    const names = new Map(Object.entries(layer).flatMap(([name, value]) => [[value as never, name] as const]));
    const program = trace(
      (recording) => ({ y: layer.forward(recording.feed('x', { shape: [2, 2, 3, 3], dtype: 'float32' })) }),
      { names },
    );
    const large = program.nodes.filter(({ outputs }) => program.avals[outputs[0]!]!.shape[2] === 3);
    expect(large.map(({ prim }) => prim)).toEqual(['mul', 'add']);
  });

  it('refuses one value per channel, another rank and other channels', async () => {
    const run = async (layer: BatchNorm, shape: readonly number[]) =>
      runLayer(layer, forward(layer), { inputs: [full(shape, 1, 'float64')] });
    await expect(run(new BatchNorm2d(2), [1, 2, 1, 1])).rejects.toThrow(
      /BatchNorm2d needs more than one value per channel to train, got \[1, 2, 1, 1\]/,
    );
    await expect(run(new BatchNorm2d(2), [4, 2])).rejects.toThrow(
      /BatchNorm2d takes an input of shape \[N, 2, \?, \?\], got \[4, 2\]/,
    );
    await expect(run(new BatchNorm1d(3), [4, 2])).rejects.toThrow(
      /BatchNorm1d takes an input of shape \[N, 3\] or \[N, 3, \?\], got \[4, 2\]/,
    );
  });
});
