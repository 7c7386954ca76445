import { createReferenceBackend } from '@delira/backend-reference';
import { namedVariables, ndarray, type Program, type Sample, sizeOf, TrainableSystem } from '@delira/core';
import { crossEntropyLoss } from '@delira/nn';
import { adam, sgd } from '@delira/optim';
import { unitHash } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { UNet2d, UNet3d, type UNetOptions } from '../src/index.js';

const small = { numClasses: 3, depth: 3, startFilters: 4, normGroups: 2 } as const;
const losses = { crossEntropy: crossEntropyLoss() };

const predicting = (network: UNet2d | UNet3d, shape: readonly number[]): Program =>
  new TrainableSystem(network).tracePredict({ data: { shape, dtype: 'float32' } });
const predictedShape = (network: UNet2d | UNet3d, shape: readonly number[]): readonly number[] => {
  const { avals, outputs } = predicting(network, shape);
  return avals[outputs['pred']!]!.shape;
};

/** Two classes told apart by brightness, the third never occurs. */
function batchOf(spatial: readonly number[], inChannels = 1): Sample {
  const count = sizeOf(spatial);
  const bright = (index: number): boolean => unitHash(index % count, 5) > 0;
  return {
    data: ndarray(
      Array.from({ length: count * inChannels }, (_, index) => (bright(index) ? 1 : -1)),
      [1, inChannels, ...spatial],
    ),
    label: ndarray(
      Array.from({ length: count }, (_, index) => (bright(index) ? 1 : 0)),
      [1, ...spatial],
      'int32',
    ),
  };
}

describe('variables', () => {
  const names = (network: UNet2d | UNet3d): string[] => [...namedVariables(network).keys()];
  const count = (network: UNet2d | UNet3d): number =>
    [...namedVariables(network).values()].reduce((sum, { aval }) => sum + sizeOf(aval.shape), 0);

  it.each([
    [new UNet2d({ numClasses: 4 }), 31_030_788],
    [new UNet2d({ numClasses: 5 }), 31_030_853],
    [new UNet2d({ numClasses: 4, upMode: 'upsample' }), 28_941_828],
    [new UNet2d({ numClasses: 4, mergeMode: 'add' }), 27_897_348],
    [new UNet3d({ numClasses: 4, inChannels: 1 }), 90_292_868],
    [new UNet3d({ numClasses: 4 }), 90_292_868 + 2 * 27 * 64],
  ])('are as many as delira’s (%#)', (network, expected) => {
    expect(count(network)).toBe(expected);
  });

  it('are named as delira’s', () => {
    expect(names(new UNet2d({ ...small, depth: 2 })).sort()).toEqual([
      ...['conv_final.bias', 'conv_final.weight'],
      ...['0', '1'].flatMap((level) =>
        ['conv1.bias', 'conv1.weight', 'conv2.bias', 'conv2.weight'].map((name) => `down_convs.${level}.${name}`),
      ),
      ...['conv1', 'conv2', 'upconv'].flatMap((name) => [`up_convs.0.${name}.bias`, `up_convs.0.${name}.weight`]),
    ]);
    expect(names(new UNet2d({ ...small, upMode: 'upsample' }))).toContain('up_convs.1.upconv.1.weight');
    expect(names(new UNet3d({ ...small, norm: 'batch' }))).toContain('down_convs.2.norm2.running_mean');
    expect(names(new UNet2d({ ...small, depth: 5, deepSupervision: true })).slice(-4)).toEqual([
      ...['aux_convs.0.weight', 'aux_convs.0.bias', 'aux_convs.1.weight', 'aux_convs.1.bias'],
    ]);
  });

  it('begin Xavier-normal, the transposed convolutions too, with biases of zero', () => {
    const state = new TrainableSystem(new UNet2d({ numClasses: 2, depth: 3 })).initialState(1);
    const deviationOf = (name: string): number => {
      const { data } = state.get(name)!;
      return Math.sqrt((data as Float32Array).reduce((sum, value) => sum + value ** 2, 0) / data.length);
    };
    expect(deviationOf('down_convs.1.conv1.weight') / Math.sqrt(2 / (9 * (64 + 128)))).toBeCloseTo(1, 1);
    expect(deviationOf('up_convs.0.upconv.weight') / Math.sqrt(2 / (4 * (256 + 128)))).toBeCloseTo(1, 1);
    const biases = [...state].filter(([name]) => name.endsWith('.bias'));
    expect(biases).toHaveLength(2 * 3 + 3 * 2 + 1);
    expect(biases.every(([, { data }]) => data.every((value) => value === 0))).toBe(true);
  });
});

describe('images', () => {
  it.each([
    [new UNet2d({ ...small, depth: 5 }), [2, 1, 32, 32], [2, 3, 32, 32]],
    // delira's notebook failed here: 174 → 87 → 43 → 21 → 10 and back up to 20.
    [new UNet2d({ ...small, depth: 5 }), [1, 1, 192, 174], [1, 3, 192, 174]],
    [new UNet2d({ ...small, upMode: 'upsample', numClasses: 1 }), [1, 1, 5, 7], [1, 1, 5, 7]],
    [new UNet2d({ ...small, depth: 1 }), [1, 1, 3, 1], [1, 3, 3, 1]],
    [new UNet3d({ ...small, inChannels: 1 }), [1, 1, 4, 8, 9], [1, 3, 4, 8, 9]],
    [new UNet3d({ ...small, depth: 5, inChannels: 1 }), [1, 1, 16, 16, 174], [1, 3, 16, 16, 174]],
  ])('of any size keep it: %#', (network, given, expected) => {
    expect(predictedShape(network, given)).toEqual(expected);
  });

  it('are halved depth − 1 times', () => {
    const { nodes, avals } = predicting(new UNet2d({ ...small, depth: 5 }), [1, 1, 32, 32]);
    const pooled = nodes.filter(({ prim }) => prim === 'maxPool').map(({ outputs: [id] }) => avals[id!]!.shape);
    expect(pooled).toEqual([
      [1, 4, 16, 16],
      [1, 8, 8, 8],
      [1, 16, 4, 4],
      [1, 32, 2, 2],
    ]);
  });

  it('are padded evenly, and only where they must be', () => {
    const pads = (shape: readonly number[]): unknown[] =>
      predicting(new UNet2d(small), shape).nodes.flatMap(({ prim, attrs }) =>
        prim === 'pad' || prim === 'slice' ? [attrs] : [],
      );
    expect(pads([1, 1, 8, 12])).toEqual([]);
    expect(pads([1, 1, 8, 9])).toEqual([
      {
        padding: [
          [0, 0],
          [0, 0],
          [0, 0],
          [1, 2],
        ],
      },
      { start: [0, 0, 0, 1], size: [1, 3, 8, 9] },
    ]);
  });

  it.each([
    [[1, 1, 15, 16], 'UNet2d of depth 5 takes images [N, 1, ≥16, ≥16], got [N, 1, 15, 16]'],
    [[1, 2, 16, 16], 'UNet2d of depth 5 takes images [N, 1, ≥16, ≥16], got [N, 2, 16, 16]'],
    [[1, 1, 16, 16, 16], 'got [N, 1, 16, 16, 16]'],
  ])('of shape %o are refused', (shape, message) => {
    expect(() => predicting(new UNet2d({ numClasses: 2 }), shape)).toThrow(message);
  });

  it('too small for the depth are refused when the network is built, if their size is known then', () => {
    expect(() => new UNet3d({ numClasses: 2, inputSize: [null, 8, 32] })).toThrow(
      'UNet3d of depth 5 takes images [N, 3, ≥16, ≥16, ≥16], got [N, 3, ?, 8, 32]',
    );
    expect(new UNet3d({ numClasses: 2, inputSize: [null, 64, 32] }).inputs.data.shape).toEqual([3, null, 64, 32]);
  });

  it('of one pixel at the deepest level have no instance norm', () => {
    const system = new TrainableSystem(new UNet2d({ ...small, norm: 'instance' }), {
      losses,
      optimizers: { default: sgd({ lr: 1 }) },
    });
    const { data, label } = batchOf([4, 4]);
    expect(() => system.traceTrain({ data: data!, label: label! })).toThrow(
      /In down_convs.2: .*single pixel.*\[1, 8, 1, 1\]/,
    );
  });
});

describe('a merge of other shapes', () => {
  it('is refused by the block that merges', () => {
    class Cropping extends UNet2d {
      protected override levels(data: Parameters<UNet2d['levels']>[0]) {
        const [below, skip] = [data.mul(1).reshape([1, 8, 2, 2]), data.reshape([1, 4, 8, 1])];
        return [this.up_convs[1]!.forward(below, skip)];
      }
    }
    expect(() => predicting(new Cropping({ ...small, mergeMode: 'add' }), [1, 1, 4, 8])).toThrow(
      "In up_convs.1: UpConv merges (mergeMode 'add') values of one shape, got [1, 4, 4, 4] from below and the skip [1, 4, 8, 1]",
    );
  });
});

describe('options', () => {
  it.each<[Partial<Record<keyof UNetOptions, unknown>>, RegExp]>([
    [{ upMode: 'bilinear' }, /UNet2d: upMode is 'bilinear'; it must be one of transpose, upsample/],
    [{ mergeMode: 'sum' }, /UNet2d: mergeMode is 'sum'; it must be one of concat, add/],
    [{ norm: 'layer' }, /norm is 'layer'/],
    [{ upMode: 'upsample', mergeMode: 'add' }, /do not go together/],
    [{ depth: 0 }, /depth is 0/],
    [{ startFilters: 1.5 }, /startFilters is 1.5/],
    [{ numClasses: 0 }, /numClasses is 0/],
    [{ norm: 'group', startFilters: 12 }, /8 groups do not divide 12 channels/],
    [{ depth: 3, deepSupervision: true }, /begin at depth 4/],
    [{ deepSupervision: [1] }, /weights are \[1\]; expected 2 to 4/],
    [{ depth: 3, deepSupervision: [1, 0] }, /expected 2 to 2 positive numbers/],
  ])('%o are refused', (options, message) => {
    expect(() => new UNet2d({ numClasses: 2, ...options } as UNetOptions)).toThrow(message);
  });

  it('build the network again', () => {
    const network = new UNet3d({ numClasses: 2, depth: 3, norm: 'batch', deepSupervision: [1, 0.5] });
    const config = JSON.parse(JSON.stringify(network.config)) as typeof network.config;
    expect(config).toEqual({
      numClasses: 2,
      inChannels: 3,
      depth: 3,
      startFilters: 64,
      upMode: 'transpose',
      mergeMode: 'concat',
      norm: 'batch',
      normGroups: 8,
      bias: true,
      deepSupervision: [1, 0.5],
    });
    expect([...namedVariables(new UNet3d(config)).keys()]).toEqual([...namedVariables(network).keys()]);
    expect(UNet3d.type).toBe('UNet3d');
  });

  it.each<[string, Omit<UNetOptions, 'numClasses'>]>([
    ['none', {}],
    ['upsample', { upMode: 'upsample' }],
    ['add', { mergeMode: 'add' }],
    ['batch norm', { norm: 'batch' }],
    ['batch norm without bias', { norm: 'batch', bias: false }],
    ['instance norm', { norm: 'instance' }],
    ['group norm', { norm: 'group' }],
    ['deep supervision', { deepSupervision: [2, 1] }],
  ])('learn in 2D and 3D: %s', async (_, options) => {
    for (const network of [
      new UNet2d({ ...small, ...options, inChannels: 2 }),
      new UNet3d({ ...small, ...options, startFilters: 2, inChannels: 1 }),
    ]) {
      const batch = network.spatialRank === 2 ? batchOf([8, 9], 2) : batchOf([4, 5, 8]);
      const system = new TrainableSystem(network, { losses, optimizers: { default: adam({ lr: 0.03 }) } });
      const backend = createReferenceBackend();
      const train = await backend.compile(system.traceTrain({ data: batch['data']!, label: batch['label']! }));
      const state = await backend.createState(system.initialState(3));
      const outputs = await train.run(
        state,
        Array.from({ length: 10 }, () => ({ batch, hyper: system.hyper })),
      );
      await backend.dispose();
      expect(outputs[9]!['loss']!.data[0]).toBeLessThan(outputs[0]!['loss']!.data[0]! * 0.9);
    }
  });
});
