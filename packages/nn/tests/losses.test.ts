import { createReferenceBackend } from '@delira/backend-reference';
import { gradients, type Loss, type NDArray, ndarray, type Tensor, trace, type TraceContext } from '@delira/core';
import { expectClose, type FixtureArray, fixtureArray } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import {
  bceWithLogits,
  bceWithLogitsLoss,
  binaryCrossEntropy,
  binaryCrossEntropyLoss,
  binaryFocal,
  binaryFocalLoss,
  crossEntropy,
  crossEntropyLoss,
  type CrossEntropyOptions,
  diceCrossEntropy,
  diceCrossEntropyLoss,
  huber,
  huberLoss,
  l1,
  l1Loss,
  mse,
  mseLoss,
  multiclassFocal,
  multiclassFocalLoss,
  type NamedLoss,
  scaleLoss,
  smoothL1,
  smoothL1Loss,
  softDice,
  softDiceLoss,
  tversky,
  tverskyLoss,
} from '../src/index.js';
import { details, fixture, type LossCase, more, tolerance } from './fixture.js';

type LossFunction = (prediction: Tensor, target: Tensor, options: never) => Tensor;

async function run(
  loss: (prediction: Tensor, target: Tensor) => Tensor,
  prediction: NDArray,
  target: NDArray,
): Promise<{ readonly value: NDArray; readonly gradient: NDArray }> {
  const program = trace((recording) => {
    const [x, y] = [recording.feed('prediction', prediction).cast('float32'), recording.feed('target', target)];
    const value = loss(x, y);
    return { value, gradient: gradients(value.sum(), [x])[0]! };
  });
  const backend = createReferenceBackend();
  const executable = await backend.compile(program);
  const state = await backend.createState(new Map());
  const [outputs] = await executable.run(state, [{ batch: { prediction, target } }]);
  await backend.dispose();
  return { value: outputs!['value']!, gradient: outputs!['gradient']! };
}

const functions: Readonly<Record<string, LossFunction>> = {
  'cross entropy': crossEntropy,
  'binary cross entropy with logits': bceWithLogits,
  'binary cross entropy': binaryCrossEntropy,
  'mean squared error': mse,
  'mean absolute error': l1,
  'smooth l1': smoothL1,
  huber,
  'soft dice': softDice,
  'dice and cross entropy': diceCrossEntropy,
  focal: binaryFocal,
  'multi-class focal': multiclassFocal,
  tversky,
};

/** PyTorch's names of options, and ours. */
const optionNames: Readonly<Record<string, string>> = {
  weight: 'classWeights',
  label_smoothing: 'labelSmoothing',
  ignore_index: 'ignoreIndex',
  pos_weight: 'positiveWeight',
};

function optionsOf({ options }: LossCase): never {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      optionNames[name] ?? name,
      typeof value === 'object' && value !== null ? (value as FixtureArray).values : value,
    ]),
  ) as never;
}

const isLabels = ({ prediction, target }: LossCase) => target.shape.length < prediction.shape.length;

describe('values and gradients equal PyTorch', () => {
  const cases = [...fixture.losses, ...details.losses, ...more.losses];

  it('knows every recorded loss', () => {
    expect(cases.length).toBeGreaterThan(30);
    expect(new Set(cases.map(({ name }) => name.split(',')[0]))).toEqual(new Set(Object.keys(functions)));
  });

  it.each(cases)('$name', async (expected) => {
    const compute = functions[expected.name.split(',')[0]!]!;
    const { value, gradient } = await run(
      (x, y) => compute(x, y, optionsOf(expected)),
      fixtureArray(expected.prediction),
      fixtureArray(expected.target, isLabels(expected) ? 'int32' : 'float64'),
    );
    const { value: recorded } = expected;
    expectClose(value, typeof recorded === 'number' ? [recorded] : fixtureArray(recorded), tolerance, 'value');
    expectClose(gradient, fixtureArray(expected.gradient), tolerance, 'gradient');
  });
});

describe('numbers that are known by hand', () => {
  const of = async (loss: LossFunction, prediction: readonly number[], target: readonly number[], options: object) =>
    Array.from(
      (
        await run(
          (x, y) => loss(x, y, options as never),
          ndarray(prediction, [prediction.length], 'float64'),
          ndarray(target, [target.length], 'float64'),
        )
      ).value.data,
    );

  it('focal loss of probabilities', async () => {
    const options = { alpha: 0.25, gamma: 2, logits: false, reduction: 'none' };
    const p = [0.2, 0.5, 0.9];
    expectClose(await of(binaryFocal, p, [0, 0, 0], options), [0.006694, 0.129965, 1.39882], { rtol: 0, atol: 1e-6 });
    expectClose(await of(binaryFocal, p, [1, 1, 1], options), [0.25751, 0.043322, 0.000263], { rtol: 0, atol: 1e-6 });
  });

  it('focal loss of probabilities without alpha', async () => {
    const options = { logits: false, reduction: 'none' };
    const p = [0.2, 0.5, 0.9];
    const close = { rtol: 0, atol: 1e-6 };
    expectClose(await of(binaryFocal, p, [0, 0, 0], options), [0.008926, 0.173287, 1.865094], close);
    expectClose(await of(binaryFocal, p, [1, 1, 1], options), [1.03004, 0.173287, 0.001054], close);
  });

  it('focal loss of logits', async () => {
    const options = { alpha: 0.25, gamma: 2, reduction: 'none' };
    const z = [-2, 0, 2];
    expectClose(await of(binaryFocal, z, [0, 0, 0], options), [0.001353, 0.129965, 1.237559], { rtol: 0, atol: 1e-6 });
    expectClose(await of(binaryFocal, z, [1, 1, 1], options), [0.41252, 0.043322, 0.000451], { rtol: 0, atol: 1e-6 });
  });

  it('is finite for probabilities of zero and one, and so is the gradient', async () => {
    for (const loss of [binaryFocal, binaryCrossEntropy] as const) {
      const { value, gradient } = await run(
        (x, y) => loss(x, y, { logits: false, reduction: 'none' } as never),
        ndarray([0, 1, 0, 1], [4], 'float64'),
        ndarray([0, 0, 1, 1], [4], 'float64'),
      );
      expectClose(value, [0, 27.6310211, 27.6310211, 0], { rtol: 1e-6, atol: 1e-9 });
      expect(gradient.data.every(Number.isFinite)).toBe(true);
    }
  });

  it('shares one softmax between Dice and cross-entropy', () => {
    const program = trace((recording) => ({
      loss: diceCrossEntropy(
        recording.feed('x', { shape: [2, 3, 4, 4], dtype: 'float32' }),
        recording.feed('y', { shape: [2, 4, 4], dtype: 'int32' }),
      ),
    }));
    expect(program.nodes.filter(({ prim }) => prim === 'exp')).toHaveLength(1);
    expect(program.nodes.filter(({ prim }) => prim === 'compare')).toHaveLength(1);
  });
});

describe('losses of a network', () => {
  const value = async (
    loss: NamedLoss,
    keys: { readonly prediction: string; readonly target: string },
    label: NDArray,
  ) =>
    (
      await run(
        (x, y) => loss({ [keys.prediction]: x, other: x }, { data: x, [keys.target]: y }),
        ndarray([1, -1, 2, 0.5], [2, 2], 'float64'),
        label,
      )
    ).value.data[0]!;
  const numbers = ndarray([0, 1], [2], 'int32');
  const maps = ndarray([1, 0, 0, 1], [2, 2], 'float64');

  it.each<readonly [string, (options: object) => NamedLoss, LossFunction, NDArray]>([
    ['crossEntropyLoss', crossEntropyLoss, crossEntropy, numbers],
    ['softDiceLoss', softDiceLoss, softDice, numbers],
    ['diceCrossEntropyLoss', diceCrossEntropyLoss, diceCrossEntropy, numbers],
    ['bceWithLogitsLoss', bceWithLogitsLoss, bceWithLogits, maps],
    ['binaryCrossEntropyLoss', binaryCrossEntropyLoss, binaryCrossEntropy, maps],
    ['binaryFocalLoss', binaryFocalLoss, binaryFocal, maps],
    ['mseLoss', mseLoss, mse, maps],
    ['l1Loss', l1Loss, l1, maps],
    ['huberLoss', huberLoss, huber, maps],
    ['smoothL1Loss', smoothL1Loss, smoothL1, maps],
    ['multiclassFocalLoss', multiclassFocalLoss, multiclassFocal, numbers],
    ['tverskyLoss', tverskyLoss, tversky, numbers],
  ])('%s takes its operands by name', async (_, create, compute, target) => {
    const expected = (
      await run((x, y) => compute(x, y, {} as never), ndarray([1, -1, 2, 0.5], [2, 2], 'float64'), target)
    ).value.data[0]!;
    expect(await value(create({}), { prediction: 'pred', target: 'label' }, target)).toBe(expected);
    const keys = { prediction: 'aux0', target: 'mask' };
    expect(await value(create(keys), keys, target)).toBe(expected);
    expect(await value(scaleLoss(create({}), 0.5), { prediction: 'pred', target: 'label' }, target)).toBe(expected / 2);
  });

  it('fit a network whose batch and predictions are interfaces', () => {
    interface Batch {
      readonly data: Tensor;
      readonly label: Tensor;
    }
    interface Prediction {
      readonly pred: Tensor;
    }
    const losses: Readonly<Record<string, Loss<Batch, Prediction>>> = {
      crossEntropy: crossEntropyLoss(),
      half: scaleLoss(softDiceLoss(), 0.5),
    };
    expect(Object.keys(losses)).toEqual(['crossEntropy', 'half']);
  });

  it('sum over pixels at once where all count alike', () => {
    const reductions = (options: CrossEntropyOptions) =>
      trace((recording) => ({
        loss: crossEntropy(
          recording.feed('x', { shape: [2, 3, 4, 4], dtype: 'float32' }),
          recording.feed('y', { shape: [2, 4, 4], dtype: 'int32' }),
          options,
        ),
      })).nodes.filter(({ prim, attrs }) => prim === 'reduceSum' && JSON.stringify(attrs) === '{"axes":[1]}').length;
    expect(reductions({})).toBe(1);
    expect(reductions({ reduction: 'none' })).toBe(2);
  });

  it('say what they miss', async () => {
    await expect(
      value(crossEntropyLoss({ prediction: 'logit' }), { prediction: 'logits', target: 'label' }, numbers),
    ).rejects.toThrow(
      'crossEntropyLoss compares the prediction "logit", but there is: logits, other. Did you mean "logits"? Name it in the loss\'s options.',
    );
    await expect(value(mseLoss(), { prediction: 'pred', target: 'image' }, maps)).rejects.toThrow(
      /mseLoss compares the batch entry "label", but there is: data, image/,
    );
  });
});

describe('what does not fit is refused', () => {
  const shaped = (
    loss: (prediction: Tensor, target: Tensor) => Tensor,
    prediction: readonly number[],
    target: readonly number[],
    dtype: TraceContext['policy']['param'] = 'int32',
  ) =>
    trace((recording) => ({
      loss: loss(
        recording.feed('x', { shape: prediction, dtype: 'float32' }),
        recording.feed('y', { shape: target, dtype }),
      ),
    }));

  it('shapes and dtypes', () => {
    expect(() => shaped(crossEntropy, [4, 3], [4, 3])).toThrow(
      /crossEntropy takes predictions \[N, C, ...spatial\] and labels \[N, ...spatial\], got \[4, 3\] and \[4, 3\]/,
    );
    expect(() => shaped(crossEntropy, [4, 3], [4], 'float32')).toThrow(/crossEntropy takes int32 labels, got float32/);
    expect(() => shaped(softDice, [4, 3, 2], [4, 3])).toThrow(/softDice takes predictions/);
    expect(() => shaped(mse, [4, 1], [4], 'float32')).toThrow(
      /mse compares elements: the prediction has shape \[4, 1\], the target \[4\]/,
    );
    expect(() => shaped((x, y) => bceWithLogits(x, y, { positiveWeight: [1, 2, 3] }), [4, 2], [4, 2])).toThrow(
      /3 positive weights do not fit the last axis of \[4, 2\]/,
    );
  });

  it.each([
    [() => crossEntropyLoss({ labelSmoothing: 1 }), /labelSmoothing is 1/],
    [
      () => crossEntropyLoss({ reduction: 'average' as never }),
      /reduction is "average"; it must be "mean", "sum" or "none"/,
    ],
    [() => shaped((x, y) => crossEntropy(x, y, { classWeights: [1] }), [4, 3], [4]), /1 class weights for 3 classes/],
    [() => binaryFocalLoss({ gamma: -1 }), /gamma is -1/],
    [() => binaryFocalLoss({ alpha: 2 }), /alpha is 2/],
    [() => huberLoss({ delta: 0 }), /delta is 0/],
    [() => smoothL1Loss({ beta: -1 }), /smoothL1Loss: beta is -1/],
    [() => multiclassFocalLoss({ gamma: -1 }), /multiclassFocal: gamma is -1/],
    [() => tverskyLoss({ alpha: -0.1 }), /tversky: alpha is -0.1/],
    [
      () => softDiceLoss({ activation: 'relu' as 'none' }),
      /activation is "relu"; it must be "softmax", "sigmoid" or "none"/,
    ],
    [() => softDiceLoss({ smooth: 0 }), /smooth is 0/],
    [() => shaped((x, y) => softDice(x, y, { background: false }), [4, 1, 2], [4, 2]), /leaves no class/],
  ])('options %#', (make, message) => {
    expect(make).toThrow(message);
  });
});
