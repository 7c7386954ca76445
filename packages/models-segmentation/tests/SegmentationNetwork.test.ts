import { createReferenceBackend } from '@delira/backend-reference';
import { checkBatch, ndarray, type Tensor, TrainableSystem } from '@delira/core';
import { Conv2d, crossEntropyLoss } from '@delira/nn';
import { adam } from '@delira/optim';
import { describe, expect, it } from 'vitest';
import { SegmentationNetwork, UNet2d } from '../src/index.js';

class Small extends SegmentationNetwork {
  static readonly type = 'Small';
  readonly conv = new Conv2d(this.config.inChannels, 8, { kernel: 3, padding: 1 });
  readonly head = new Conv2d(8, this.config.numClasses, { kernel: 1 });
  override forward(data: Tensor): Tensor {
    return this.head.forward(this.conv.forward(data).relu());
  }
}

const images = [0, 0, 5, 0, 5, 5, 0, 0, 5, 5, 0, 0];
const given = {
  data: ndarray(images, [1, 1, 3, 4]),
  label: ndarray(
    images.map((value) => (value > 0 ? 1 : 0)),
    [1, 3, 4],
    'int32',
  ),
};

describe('a network of one’s own', () => {
  it('learns with the default step, and evaluates to classes', async () => {
    const model = new Small({ inChannels: 1, numClasses: 2 });
    const system = new TrainableSystem(model, {
      losses: { crossEntropy: crossEntropyLoss() },
      optimizers: { default: adam({ lr: 0.05 }) },
    });
    checkBatch(given, model.inputs);
    const backend = createReferenceBackend();
    const train = await backend.compile(system.traceTrain(given));
    const state = await backend.createState(system.initialState(0));
    const outputs = await train.run(
      state,
      Array.from({ length: 60 }, () => ({ batch: given, hyper: system.hyper })),
    );
    const evaluate = await backend.compile(system.traceEval(given, { outputs: ['classes', 'pred'] }));
    const [evaluated] = await evaluate.run(state, [{ batch: given }]);
    await backend.dispose();
    expect(outputs[0]!['loss']!.data[0]).toBeGreaterThan(0.3);
    expect(outputs.at(-1)!['loss']!.data[0]).toBeLessThan(0.05);
    expect(evaluated!['classes']).toEqual(given.label);
    expect(evaluated!['pred']!.shape).toEqual([1, 2, 3, 4]);
    expect(evaluated!['loss']!.data[0]).toBeLessThan(0.05);
  });

  it('declares its inputs', () => {
    expect(new Small({ inChannels: 2, numClasses: 7 }, { inputSize: [null, 32] }).inputs).toEqual({
      data: { shape: [2, null, 32], dtype: 'float32' },
      label: { shape: [null, 32], dtype: 'int32', range: [0, 6] },
    });
  });

  it.each([
    [{ inChannels: 0, numClasses: 2 }, /Small: inChannels is 0/],
    [{ inChannels: 1, numClasses: 1.5 }, /Small: numClasses is 1.5/],
  ])('refuses %o', (config, message) => {
    expect(() => new Small(config)).toThrow(message);
  });
});

describe('batches', () => {
  const model = new Small({ inChannels: 1, numClasses: 3 });

  it('are cast, and labels lose a channel axis', () => {
    const batch = {
      data: ndarray([1, 2], [1, 1, 1, 2], 'uint8'),
      label: ndarray([2, 0], [1, 1, 1, 2]),
      id: given.data,
    };
    expect(model.prepareBatch(batch)).toEqual({
      data: ndarray([1, 2], [1, 1, 1, 2]),
      label: ndarray([2, 0], [1, 1, 2], 'int32'),
      id: given.data,
    });
    expect(batch.label.shape).toEqual([1, 1, 1, 2]);
    expect(model.prepareBatch({ label: ndarray([2, 0], [1, 1, 2]) })).toEqual({
      label: ndarray([2, 0], [1, 1, 2], 'int32'),
    });
    expect(model.prepareBatch({ data: given.data })).toEqual({ data: given.data });
  });

  it('may hold a label for pixels that do not count', () => {
    const ignoring = new UNet2d({ numClasses: 3, depth: 1, startFilters: 2, ignoreIndex: 255 });
    const labels = (...values: number[]) => ({ label: ndarray(values, [1, 1, values.length], 'uint8') });
    expect(ignoring.inputs.label.range).toEqual([0, 255]);
    expect(ignoring.config).not.toHaveProperty('ignoreIndex');
    expect(ignoring.prepareBatch(labels(0, 255, 2))['label']!.data).toEqual(Int32Array.of(0, 255, 2));
    expect(() => ignoring.prepareBatch(labels(0, 3))).toThrow(/holds 3 \(element 1\); allowed is 0 to 2, and 255 for/);
    const below = new Small({ inChannels: 1, numClasses: 3 }, { ignoreIndex: -1 });
    expect(below.inputs.label.range).toEqual([-1, 2]);
    expect(() => new Small({ inChannels: 1, numClasses: 3 }, { ignoreIndex: 0.5 })).toThrow(/ignoreIndex is 0.5/);
  });

  it('refuse labels that are no classes', () => {
    expect(() => model.prepareBatch({ label: ndarray([0, 0.5], [1, 1, 2]) })).toThrow(
      /"label" holds 0.5 \(element 1\)/,
    );
    expect(() => model.prepareBatch({ label: ndarray([0, 1], [1, 2, 1, 1]) })).toThrow(
      /"label" has shape \[1, 2, 1, 1\]; expected \[N, ...spatial\]/,
    );
    expect(() => {
      checkBatch({ ...given, label: ndarray(Array<number>(12).fill(3), [1, 3, 4], 'int32') }, model.inputs);
    }).toThrow(/"label" holds 3 \(row 0 of the batch\); allowed is 0 to 2/);
    expect(() => {
      checkBatch({ ...given, data: ndarray(Array<number>(24).fill(3), [1, 2, 3, 4]) }, model.inputs);
    }).toThrow(/"data" has shape \[1, 2, 3, 4\]; expected \[N, 1, \?, \?\]/);
  });
});
