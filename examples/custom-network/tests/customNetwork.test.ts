import { createReferenceBackend } from '@delira/backend-reference';
import { full, ndarray, type Sample, TrainableSystem } from '@delira/core';
import { crossEntropyLoss } from '@delira/nn';
import { sgd } from '@delira/optim';
import { describe, expect, it } from 'vitest';
import { EmbeddingNetwork, separation } from '../src/customNetwork.js';
import { drawClouds } from '../src/drawClouds.js';

describe('the metric', () => {
  const points = (values: readonly number[], labels: readonly number[]): [Sample, Sample] => [
    { embedding: ndarray(values, [labels.length, 2]) },
    { label: ndarray(labels, [labels.length], 'int32') },
  ];

  it('divides the distance of the clouds by their width, whatever the batches', () => {
    const metric = separation();
    // Two clouds of deviation 1 around 1 and 11 on the first axis: the means deviate by 5 from theirs.
    const whole = metric.update(metric.init(), ...points([0, 0, 2, 0, 10, 0, 12, 0], [3, 3, 4, 4]));
    expect(metric.result(whole)).toBe(5);
    const first = metric.update(metric.init(), ...points([10, 0, 0, 0], [4, 3]));
    expect(metric.result(metric.update(first, ...points([12, 0, 2, 0], [4, 3])))).toBe(5);
  });
});

describe('the step', () => {
  it('minimises both losses and moves the centres of the classes in the batch', async () => {
    const network = new EmbeddingNetwork();
    const losses = { crossEntropy: crossEntropyLoss() };
    const system = new TrainableSystem(network, { losses, optimizers: { default: sgd({ lr: 0.1 }) } });
    const batch = { data: full([3, 1, 28, 28], 1), label: ndarray([2, 2, 5], [3], 'int32') };
    for (let i = 0; i < batch.data.data.length; i++) batch.data.data[i] = Math.sin(i * i);
    const signature = {
      data: { shape: [3, 1, 28, 28], dtype: 'float32' },
      label: { shape: [3], dtype: 'int32' },
    } as const;
    const outputs = ['embedding', 'crossEntropy', 'compactness', 'loss'];
    const backend = createReferenceBackend();
    const executable = await backend.compile(system.traceTrain(signature, { outputs }));
    const state = await backend.createState(system.initialState(0));
    const before = (await state.read()).get('embed.weight')!;
    const hyper = { ...system.hyper, compactnessWeight: 2 };
    const [output] = await executable.run(state, [{ batch, hyper, seed: [0, 0] }]);
    const scalar = (name: string): number => output![name]!.data[0]!;
    const e = Array.from(output!['embedding']!.data);

    expect(scalar('compactness')).toBeCloseTo(e.reduce((sum, value) => sum + value * value, 0) / 6, 10);
    expect(scalar('loss')).toBeCloseTo(scalar('crossEntropy') + 2 * scalar('compactness'), 10);
    const after = await state.read();
    expect(after.get('embed.weight')).not.toEqual(before);
    // Centres began at 0: half the sum of the class's embeddings, divided by one more than their number.
    const centres = Array.from(after.get('centres')!.data);
    const expected = new Array<number>(20).fill(0);
    expected.splice(4, 2, (e[0]! + e[2]!) / 6, (e[1]! + e[3]!) / 6);
    expected.splice(10, 2, e[4]! / 4, e[5]! / 4);
    centres.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 10));
  });
});

describe('the picture', () => {
  it('has dots in the colour of their class, and a digit amid each class', () => {
    const digits = ndarray([255, 0, 0, 0], [4, 1, 1, 1], 'uint8');
    const points = { x: [0, 0, 10, 10.2], y: [0, 8, 10, 10], label: [0, 0, 1, 1] };
    const picture = drawClouds(points, digits, 64);
    expect(picture.shape).toEqual([3, 64, 64]);
    const pixel = (row: number, column: number): number[] =>
      [0, 1, 2].map((channel) => picture.data[(channel * 64 + row) * 64 + column]!);
    expect(pixel(0, 0)).toEqual([255, 255, 255]);
    expect(pixel(24, 24)).toEqual([0, 0, 0]); // the ink of the class's middle digit
    expect(pixel(25, 24)).toEqual([98, 159, 202]);
  });
});
