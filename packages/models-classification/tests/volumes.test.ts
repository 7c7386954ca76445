import { createReferenceBackend } from '@delira/backend-reference';
import { type Module, namedVariables, ndarray, type Program, type Tensor, TrainableSystem } from '@delira/core';
import { crossEntropyLoss, matchWeights } from '@delira/nn';
import { sgd } from '@delira/optim';
import { expectClose, type FormulaArray, formulaArrays, loadFixture, probe, type Probe, spread } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { ResNet18, type ResNet18Options, VGG3D, type VGG3DOptions } from '../src/index.js';

interface VolumeRun {
  readonly name: 'ResNet18' | 'VGG3D';
  readonly options: ResNet18Options & VGG3DOptions;
  readonly shape: readonly number[];
  readonly salt: number;
  readonly labels: readonly number[];
  readonly parameters: readonly FormulaArray[];
  readonly losses: readonly number[];
  readonly logits: readonly number[];
  readonly gradients: Readonly<Record<string, Probe>>;
  readonly state: Readonly<Record<string, Probe>>;
  readonly evaluatedLogits: readonly number[];
}

/** What PyTorch computed with narrow networks, in float64. */
const fixture = loadFixture<{ readonly runs: readonly VolumeRun[] }>(import.meta.url, 'volumes');
const tolerance = { rtol: 1e-7, atol: 1e-10 };

// They take float64 volumes, so that the reference backend sees them unrounded.
class WideResNet18 extends ResNet18 {
  override forward(data: Tensor): Tensor {
    return super.forward(data.cast('float32'));
  }
}
class WideVGG3D extends VGG3D {
  override forward(data: Tensor): Tensor {
    return super.forward(data.cast('float32'));
  }
}

function parameterCount(network: Module): number {
  return [...namedVariables(network).values()]
    .filter(({ kind }) => kind === 'param')
    .reduce((sum, { aval }) => sum + aval.shape.reduce((product, extent) => product * extent, 1), 0);
}

/** Spatial extents after each node of one kind. */
function sizesAfter(program: Program, prim: Program['nodes'][number]['prim']): (readonly number[])[] {
  return program.nodes
    .filter((node) => node.prim === prim)
    .map(({ outputs }) => program.avals[outputs[0]!]!.shape.slice(2));
}

const predictionOf = (network: VGG3D | ResNet18, shape: readonly number[]) =>
  new TrainableSystem(network).tracePredict({ data: { shape, dtype: 'float32' } });

describe('two steps on volumes equal PyTorch float64', () => {
  it.each(fixture.runs)('$name', async (run) => {
    const { shape, labels } = run;
    const network = run.name === 'VGG3D' ? new WideVGG3D(run.options) : new WideResNet18(run.options);
    const names = [...namedVariables(network)].filter(([name]) => !name.endsWith('.num_batches_tracked'));
    expect(names.map(([name, { aval }]) => [name, aval.shape])).toEqual(
      run.parameters.map((parameter) => [parameter.name, parameter.shape]),
    );
    const system = new TrainableSystem(network, {
      losses: { crossEntropy: crossEntropyLoss() },
      optimizers: { default: sgd({ lr: 0.01, momentum: 0.9 }) },
    });
    const batch = { data: spread(shape, run.salt), label: ndarray(labels, [labels.length], 'int32') };
    const signature = { data: { shape, dtype: 'float64' }, label: { shape: [labels.length], dtype: 'int32' } } as const;
    const feeds = { batch, hyper: system.hyper };
    const backend = createReferenceBackend();
    const { entries } = matchWeights(network, formulaArrays(run.parameters));
    const store = await backend.createState(new Map([...system.initialState(0), ...entries]));

    const gradients = await backend.compile({ ...system.traceGradients(signature), writes: {} });
    const [first] = await gradients.run(store, [feeds]);
    expectClose(first!['pred']!, run.logits, tolerance, 'logits');
    for (const [name, probed] of Object.entries(run.gradients))
      expectClose(probe(first![`grad.${name}`]!), probed, tolerance, `gradient of ${name}`);

    const train = await backend.compile(system.traceTrain(signature));
    const outputs = await train.run(store, [feeds, feeds]);
    expectClose(
      outputs.map((output) => output['loss']!.data[0]!),
      run.losses,
      tolerance,
      'losses',
    );
    const after = await store.read();
    for (const [name, probed] of Object.entries(run.state))
      expectClose(probe(after.get(name)!), probed, tolerance, name);

    const evaluate = await backend.compile(system.traceEval(signature, { outputs: ['pred'] }));
    const [evaluated] = await evaluate.run(store, [{ batch }]);
    expectClose(evaluated!['pred']!, run.evaluatedLogits, tolerance, 'evaluated logits');
    await backend.dispose();
  });
});

describe('ResNet18', () => {
  it('passes the expected sizes', () => {
    const sides = (spatialDims: 2 | 3) => {
      const size = new Array<number>(spatialDims).fill(224);
      const program = predictionOf(new ResNet18({ inChannels: 1, features: 1, spatialDims }), [1, 1, ...size]);
      const convolved = sizesAfter(program, 'conv');
      // The stem, and the last convolution of each stage.
      return [
        convolved[0],
        ...sizesAfter(program, 'maxPool'),
        convolved[4],
        convolved[7],
        convolved[12],
        convolved[17],
      ];
    };
    expect(sides(2)).toEqual([112, 56, 56, 28, 14, 7].map((side) => [side, side]));
    expect(sides(3)).toEqual([112, 56, 56, 28, 14, 7].map((side) => [side, side, side]));
  });

  it('has the parameters of torchvision’s layers in three dimensions', () => {
    expect(parameterCount(new ResNet18({ inChannels: 1, numClasses: 10, spatialDims: 3 }))).toBe(33_165_130);
  });

  it('declares what it takes, and refuses other numbers of axes and channels', () => {
    const network = new ResNet18({ inChannels: 2, numClasses: 3, spatialDims: 3 });
    expect(network.inputs.data.shape).toEqual([2, null, null, null]);
    expect(network.config).toEqual({ inChannels: 2, numClasses: 3, spatialDims: 3, features: 64 });
    expect(() => predictionOf(network, [1, 2, 32, 32])).toThrow(
      /ResNet18 takes images of shape \[N, 2, \?, \?, \?\], got \[1, 2, 32, 32\]/,
    );
    expect(() => predictionOf(network, [1, 1, 32, 32, 32])).toThrow(/ResNet18 takes images of shape \[N, 2, /);
  });

  it.each<[ResNet18Options, RegExp]>([
    [{ spatialDims: 4 as 3 }, /spatialDims is 4; it must be 2 \(images\) or 3 \(volumes\)/],
    [{ features: 0 }, /ResNet18: features is 0/],
  ])('refuses %o', (options, message) => {
    expect(() => new ResNet18(options)).toThrow(message);
  });
});

describe('VGG3D', () => {
  const narrow = { features: 1, hidden: [2, 2], pooledSize: [1, 2, 2] } as const;

  it('has the known number of parameters', () => {
    expect(parameterCount(new VGG3D({ inChannels: 1, numClasses: 10 }))).toBe(69_428_362);
  });

  it('passes the expected sizes', () => {
    const program = predictionOf(new VGG3D({ ...narrow, pooledSize: [1, 16, 16] }), [1, 1, 32, 224, 224]);
    expect(sizesAfter(program, 'conv')).toEqual([
      [15, 111, 111],
      [13, 109, 109],
      [6, 54, 54],
      [4, 52, 52],
      [1, 25, 25],
      [1, 23, 23],
    ]);
    expect(program.nodes.find(({ scope, prim }) => scope === 'flatten' && prim === 'reshape')).toBeDefined();
    expect(program.avals.some(({ shape }) => shape.join() === '1,4,1,16,16')).toBe(true);
  });

  it.each([
    [
      [1, 1, 27, 43, 43],
      [1, 2],
    ],
    [
      [2, 1, 40, 50, 60],
      [2, 2],
    ],
  ])('takes volumes of shape %o', (shape, expected) => {
    const program = predictionOf(new VGG3D(narrow), shape);
    expect(program.avals[program.outputs['pred']!]!.shape).toEqual(expected);
  });

  it('drops in training only', () => {
    const system = new TrainableSystem(new VGG3D({ ...narrow, dropout: [0.5, 0] }), {
      losses: { crossEntropy: crossEntropyLoss() },
      optimizers: { default: sgd({ lr: 0.1 }) },
    });
    const signature = {
      data: { shape: [2, 1, 27, 43, 43], dtype: 'float32' },
      label: { shape: [2], dtype: 'int32' },
    } as const;
    const drawn = Object.values(system.traceTrain(signature).noise);
    expect(drawn).toMatchObject([{ distribution: 'bernoulli', p: 0.5 }]);
    expect(system.traceEval(signature).noise).toEqual({});
  });

  it('is built again from its config', () => {
    const { config } = new VGG3D(narrow);
    expect(config).toEqual({ inChannels: 1, numClasses: 2, ...narrow, dropout: [0.5, 0.1] });
    expect(new VGG3D(JSON.parse(JSON.stringify(config)) as typeof config).config).toEqual(config);
  });

  it('refuses what it cannot take', () => {
    expect(() => predictionOf(new VGG3D(narrow), [1, 1, 27, 42, 43])).toThrow(
      /VGG3D takes volumes \[N, 1, D, H, W\] with D, H, W of at least 27, 43, 43, got \[1, 1, 27, 42, 43\]/,
    );
    expect(() => predictionOf(new VGG3D(narrow), [1, 3, 32, 64, 64])).toThrow(/VGG3D takes images of shape \[N, 1, /);
    expect(() => new VGG3D({ pooledSize: [1, 0, 1] })).toThrow(/VGG3D: pooledSize is \[1, 0, 1\]/);
    expect(() => new VGG3D({ dropout: [1, 0] })).toThrow(/Dropout: p is 1/);
  });
});
