import { createReferenceBackend } from '@delira/backend-reference';
import { type BatchSignature, namedVariables, type NDArray, type Tensor, TrainableSystem } from '@delira/core';
import { crossEntropyLoss, freeze, matchWeights } from '@delira/nn';
import { adam, sgd } from '@delira/optim';
import { expectClose, probe } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { ResNet18 } from '../src/index.js';
import { batchOf, fixture, initialWeights } from './fixture.js';

/** Takes float64 images, so that the reference backend sees them unrounded. */
class WideInput extends ResNet18 {
  override forward(data: Tensor): Tensor {
    return super.forward(data.cast('float32'));
  }
}

const [, rows, channels, height, width] = fixture.batches.shape;
const signature: BatchSignature = {
  data: { shape: [rows, channels, height, width], dtype: 'float64' },
  label: { shape: [rows], dtype: 'int32' },
};
const losses = { crossEntropy: crossEntropyLoss() };
const tolerance = { rtol: 1e-7, atol: 1e-10 };

const network = () => new WideInput({ inChannels: 1, numClasses: 10 });

describe('names and shapes', () => {
  const shapesOf = (options: { inChannels?: number; numClasses?: number }) =>
    [...namedVariables(new ResNet18(options))].map(([name, { aval }]) => [name, aval.shape] as const);

  it('are those of torchvision’s state dict, in its order', () => {
    const own = shapesOf({ inChannels: 1, numClasses: 10 });
    expect(own.filter(([name]) => !name.endsWith('.num_batches_tracked'))).toEqual(
      fixture.parameters.map(({ name, shape }) => [name, shape]),
    );
    const norms = own
      .filter(([name]) => name.endsWith('.running_var'))
      .map(([name]) => name.replace('running_var', ''));
    expect(norms).toHaveLength(20);
    expect(own.filter(([name]) => name.endsWith('.num_batches_tracked'))).toEqual(
      norms.map((norm) => [`${norm}num_batches_tracked`, []]),
    );
  });

  it.each([
    [{ inChannels: 1, numClasses: 10 }, 11_175_370],
    [{}, 11_689_512],
  ])('%o has %d parameters', (options, expected) => {
    const sizes = [...namedVariables(new ResNet18(options)).values()]
      .filter(({ kind }) => kind === 'param')
      .map(({ aval }) => aval.shape.reduce((product, extent) => product * extent, 1));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(expected);
  });
});

describe('three steps on real digits equal PyTorch float64', () => {
  it.each(fixture.runs)(
    '$optimizer.type',
    async ({ optimizer, losses: expected, logits, gradients, state, evaluatedLogits }) => {
      const { type, ...options } = optimizer;
      const system = new TrainableSystem(network(), {
        losses,
        optimizers: { default: type === 'sgd' ? sgd(options) : adam(options) },
      });
      const backend = createReferenceBackend();
      const { entries } = matchWeights(system.network, initialWeights());
      const store = await backend.createState(new Map([...system.initialState(0), ...entries]));

      if (gradients !== undefined && logits !== undefined) {
        const program = system.traceGradients(signature);
        const executable = await backend.compile({ ...program, writes: {} });
        const [first] = await executable.run(store, [{ batch: batchOf(0), hyper: system.hyper }]);
        expectClose(first!['pred']!, logits, tolerance, 'logits');
        for (const [name, probed] of Object.entries(gradients))
          expectClose(probe(first![`grad.${name}`]!), probed, tolerance, `gradient of ${name}`);
        expect(Object.keys(gradients)).toHaveLength(62);
      }

      const train = await backend.compile(system.traceTrain(signature));
      const outputs = await train.run(
        store,
        expected.map((_, step) => ({ batch: batchOf(step), hyper: system.hyper })),
      );
      expectClose(
        outputs.map((output) => output['loss']!.data[0]!),
        expected,
        tolerance,
        'losses',
      );
      const after = await store.read();
      for (const [name, probed] of Object.entries(state)) expectClose(probe(after.get(name)!), probed, tolerance, name);
      expect(after.get('layer4.1.bn2.num_batches_tracked')!.data[0]).toBe(3);

      const evaluate = await backend.compile(system.traceEval(signature, { outputs: ['pred'] }));
      const [evaluated] = await evaluate.run(store, [{ batch: batchOf(0) }]);
      expectClose(evaluated!['pred']!, evaluatedLogits, tolerance, 'evaluated logits');
      await backend.dispose();
    },
  );
});

describe('initial weights', () => {
  const state = new TrainableSystem(new ResNet18({ inChannels: 1, numClasses: 10 })).initialState(1);
  const deviationOf = (name: string) => {
    const { data } = state.get(name)!;
    return Math.sqrt((data as Float32Array).reduce((sum, value) => sum + value ** 2, 0) / data.length);
  };

  it('are drawn as torchvision draws them', () => {
    // √(2 / fanOut), where fanOut counts output channels and the window.
    expect(deviationOf('conv1.weight')).toBeCloseTo(Math.sqrt(2 / (64 * 49)), 2);
    expect(deviationOf('layer3.0.conv1.weight') / Math.sqrt(2 / (256 * 9))).toBeCloseTo(1, 2);
    expect(deviationOf('layer4.0.downsample.0.weight') / Math.sqrt(2 / 512)).toBeCloseTo(1, 2);
    // Uniform within ±1 / √512.
    expect(deviationOf('fc.weight') * Math.sqrt(3 * 512)).toBeCloseTo(1, 1);
    expect(new Set(state.get('layer2.1.bn2.weight')!.data)).toEqual(new Set([1]));
    expect(new Set(state.get('layer2.1.bn2.bias')!.data)).toEqual(new Set([0]));
  });

  it('differ between seeds only', () => {
    const system = new TrainableSystem(new ResNet18({ inChannels: 1, numClasses: 10, features: 4 }));
    const [first, same, other] = [1, 1, 2].map((seed) => system.initialState(seed).get('fc.weight'));
    expect(same).toEqual(first);
    expect(other).not.toEqual(first);
  });
});

describe('fine-tuning', () => {
  it('takes what fits of weights for another number of classes', () => {
    const { entries, mismatched, missing, unexpected } = matchWeights(
      new ResNet18({ inChannels: 1, numClasses: 3 }),
      initialWeights(),
      { partial: true },
    );
    expect(entries.size).toBe(100);
    expect(mismatched).toEqual([
      { name: 'fc.weight', expected: [3, 512], actual: [10, 512] },
      { name: 'fc.bias', expected: [3], actual: [10] },
    ]);
    expect([missing, unexpected]).toEqual([[], []]);
  });

  it('does not change frozen layers', async () => {
    const model = new ResNet18({ inChannels: 1, numClasses: 10, features: 4 });
    const frozen = freeze(model, (name) => !name.startsWith('fc.') && !name.startsWith('layer4.1.'));
    expect(frozen).toHaveLength(54);
    const system = new TrainableSystem(model, { losses, optimizers: { default: sgd({ lr: 0.1 }) } });
    const backend = createReferenceBackend();
    const store = await backend.createState(system.initialState(0));
    const batch = model.prepareBatch(batchOf(0));
    const before = await store.read();
    const program = system.traceTrain(batch);
    const train = await backend.compile(program);
    await train.run(store, [{ batch, hyper: system.hyper }]);
    const after = await store.read();
    await backend.dispose();

    const changed = [...after].filter(([name, array]) => !same(array, before.get(name)!)).map(([name]) => name);
    expect(changed).toEqual([
      'layer4.1.conv1.weight',
      ...['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'].map((name) => `layer4.1.bn1.${name}`),
      'layer4.1.conv2.weight',
      ...['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'].map((name) => `layer4.1.bn2.${name}`),
      'fc.weight',
      'fc.bias',
    ]);
    // Nothing is computed for what does not change: the gradients of two convolutions only.
    expect(program.nodes.filter(({ prim }) => prim === 'convKernelGrad')).toHaveLength(2);
  });
});

function same(left: NDArray, right: NDArray): boolean {
  return left.data.every((value, index) => Object.is(value, right.data[index]));
}

describe('image sizes', () => {
  it.each([
    [
      [2, 3, 32, 32],
      [2, 5],
    ],
    [
      [1, 3, 45, 70],
      [1, 5],
    ],
  ])('%o give %o', (shape, expected) => {
    const system = new TrainableSystem(new ResNet18({ numClasses: 5 }));
    const program = system.tracePredict({ data: { shape, dtype: 'float32' } });
    expect(program.avals[program.outputs['pred']!]!.shape).toEqual(expected);
  });
});
