import { full, Module, namedVariables, ndarray, type Tensor, trace } from '@delira/core';
import { expectClose } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import {
  BatchNorm2d,
  ChannelDropout,
  Conv2d,
  ConvTranspose2d,
  Dropout,
  Flatten,
  GlobalAveragePool,
  GroupNorm,
  Identity,
  InstanceNorm,
  LayerNorm,
  Linear,
  ReLU,
  Sequential,
  UpsampleNearest,
} from '../src/index.js';
import { runLayer } from './runLayer.js';

describe('Sequential', () => {
  const layers = new Sequential(
    new Conv2d(1, 2, { kernel: 3, bias: false }),
    new BatchNorm2d(2, { affine: false }),
    new Sequential(new Flatten(), new ReLU(), new Linear(2, 1)),
  );

  it('names its layers by their numbers', () => {
    expect([...namedVariables(layers).keys()]).toEqual([
      '0.weight',
      '1.running_mean',
      '1.running_var',
      '1.num_batches_tracked',
      '2.2.weight',
      '2.2.bias',
    ]);
    expect(layers).toHaveLength(3);
  });

  it('applies them in order', async () => {
    const pair = new Sequential(new Linear(1, 1), new Linear(1, 1));
    const state = new Map(
      Object.entries({ '0.weight': 2, '0.bias': 1, '1.weight': 10, '1.bias': 5 }).map(([name, value]) => [
        name,
        full(name.endsWith('bias') ? [1] : [1, 1], value, 'float64'),
      ]),
    );
    const { output } = await runLayer(pair, (x) => pair.forward(x), {
      inputs: [ndarray([3], [1, 1], 'float64')],
      state,
    });
    expect(Array.from(output.data)).toEqual([75]);
  });
});

describe('layers without parameters', () => {
  const image = ndarray([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2], 'float64');

  it('Identity, Flatten and GlobalAveragePool', async () => {
    const run = async (layer: Identity | Flatten | GlobalAveragePool) =>
      (await runLayer(layer, (x) => layer.forward(x), { inputs: [image] })).output;
    expect(await run(new Identity())).toEqual(image);
    expect(await run(new Flatten())).toEqual({ ...image, shape: [1, 8] });
    expect(await run(new GlobalAveragePool())).toEqual(ndarray([2.5, 6.5], [1, 2], 'float64'));
  });
});

describe('Dropout', () => {
  const ones = full([8, 4, 5, 5], 1, 'float64');
  const run = async (layer: Dropout | ChannelDropout, training: boolean, seed: readonly [number, number] = [1, 0]) =>
    (await runLayer(layer, (x) => layer.forward(x), { inputs: [ones], training, seed })).output.data as Float64Array;

  it('drops the share asked for and keeps the mean', async () => {
    const kept = await run(new Dropout(0.25), true);
    expect(new Set(kept)).toEqual(new Set([0, 4 / 3]));
    const share = kept.filter((value) => value === 0).length / kept.length;
    expect(Math.abs(share - 0.25)).toBeLessThan(0.05);
  });

  it('does nothing in evaluation, nor with a probability of zero', async () => {
    expect(new Set(await run(new Dropout(0.5), false))).toEqual(new Set([1]));
    expect(new Set(await run(new ChannelDropout(0.5), false))).toEqual(new Set([1]));
    const program = trace(
      (recording) => ({ y: new Dropout(0).forward(recording.feed('x', { shape: [2], dtype: 'float32' })) }),
      { training: true },
    );
    expect([program.nodes, program.noise]).toEqual([[], {}]);
  });

  it('depends on seed and step alone', async () => {
    const layer = new Dropout(0.5);
    expect(await run(layer, true, [1, 2])).toEqual(await run(layer, true, [1, 2]));
    expect(await run(layer, true, [1, 2])).not.toEqual(await run(layer, true, [1, 3]));
  });

  it('drops whole channels', async () => {
    const kept = await run(new ChannelDropout(0.5), true);
    const channels = Array.from(
      { length: 32 },
      (_, channel) => new Set(kept.subarray(channel * 25, (channel + 1) * 25)),
    );
    expect(channels.every((values) => values.size === 1)).toBe(true);
    expect(new Set(channels.flatMap((values) => [...values]))).toEqual(new Set([0, 2]));
  });

  it('passes gradients where it passes values', async () => {
    const layer = new Dropout(0.5);
    const { output, gradients } = await runLayer(layer, (x) => layer.forward(x), {
      inputs: [ones],
      weightOfOutput: ones,
    });
    expectClose(gradients['input0']!, output);
  });
});

describe('what does not fit is refused', () => {
  class Holder extends Module {
    constructor(readonly layer: Module & { forward(x: Tensor): Tensor }) {
      super();
    }
  }
  const forward = (layer: Module & { forward(x: Tensor): Tensor }, shape: readonly number[]) => {
    const variables = namedVariables(new Holder(layer));
    return trace((recording) => ({ y: layer.forward(recording.feed('x', { shape, dtype: 'float32' })) }), {
      training: true,
      names: new Map([...variables].map(([name, variable]) => [variable, name])),
    });
  };

  it.each([
    [
      () => forward(new Conv2d(3, 4, { kernel: 3 }), [1, 2, 8, 8]),
      /Conv2d takes an input of shape \[N, 3, \?, \?\], got \[1, 2, 8, 8\]/,
    ],
    [() => forward(new Conv2d(3, 4, { kernel: 3 }), [1, 3, 8]), /Conv2d takes an input/],
    [() => forward(new ConvTranspose2d(3, 4, { kernel: 3 }), [1, 2, 8, 8]), /ConvTranspose2d takes an input/],
    [() => forward(new Linear(3, 4), [2, 4]), /Linear takes an input of shape \[..., 3\], got \[2, 4\]/],
    [() => forward(new GroupNorm(2, 4), [2, 3]), /GroupNorm takes an input of shape/],
    [() => forward(new InstanceNorm(4), [2, 4]), /InstanceNorm takes an input of shape/],
    [() => forward(new LayerNorm([4]), [2, 3]), /LayerNorm takes an input whose last extents are \[4\], got \[2, 3\]/],
    [
      () => new Conv2d(3, 4, { kernel: 3, groups: 2 }),
      /Conv2d: 2 groups do not divide 3 input and 4 output channels evenly/,
    ],
    [() => new Conv2d(0, 4, { kernel: 3 }), /Conv2d: inChannels is 0; it must be a positive integer/],
    [() => new Conv2d(1, 4, { kernel: [3] }), /kernel \[3\] needs 2 entries/],
    [
      () => new ConvTranspose2d(1, 1, { kernel: 3, stride: 2, outputPadding: 2 }),
      /outputPadding \[2, 2\] must be at least 0 and less than the stride \[2, 2\]/,
    ],
    [() => new GroupNorm(3, 4), /3 groups do not divide 4 channels evenly/],
    [() => new Dropout(1), /Dropout: p is 1; a probability to drop must be at least 0 and less than 1/],
    [() => new UpsampleNearest([2, 0]), /scale is 2,0; factors must be positive integers/],
  ])('%#', (make, message) => {
    expect(make).toThrow(message);
  });
});
