import { createReferenceBackend } from '@delira/backend-reference';
import { checkBatch, ndarray, type Tensor, TrainableSystem } from '@delira/core';
import { Conv2d, crossEntropyLoss, Linear } from '@delira/nn';
import { adam } from '@delira/optim';
import { describe, expect, it } from 'vitest';
import { ClassificationNetwork, ResNet18 } from '../src/index.js';

class Small extends ClassificationNetwork {
  static readonly type = 'Small';
  readonly conv = new Conv2d(this.config.inChannels, 8, { kernel: 3, padding: 1 });
  readonly fc = new Linear(8, this.config.numClasses);
  override forward(data: Tensor): Tensor {
    return this.fc.forward(this.conv.forward(data).relu().mean([2, 3]));
  }
}

/** Bright left or bright right: what a small network learns in a few steps. */
function batch(rows: number) {
  const label = Array.from({ length: rows }, (_, row) => row % 2);
  const data = label.flatMap((side) =>
    [0, 1, 2, 3].flatMap(() => [0, 1, 2, 3].map((x) => (x < 2 === (side === 0) ? 1 : 0) * (x + 1))),
  );
  return { data: ndarray(data, [rows, 1, 4, 4]), label: ndarray(label, [rows], 'int32') };
}

describe('a network of one’s own', () => {
  it('learns with the default step', async () => {
    const model = new Small({ inChannels: 1, numClasses: 2 });
    const system = new TrainableSystem(model, {
      losses: { crossEntropy: crossEntropyLoss() },
      optimizers: { default: adam({ lr: 0.05 }) },
    });
    const given = batch(8);
    checkBatch(given, model.inputs);
    const backend = createReferenceBackend();
    const executable = await backend.compile(system.traceTrain({ data: { ...given.data }, label: { ...given.label } }));
    const state = await backend.createState(system.initialState(0));
    const feeds = Array.from({ length: 60 }, () => ({ batch: given, hyper: system.hyper }));
    const outputs = await executable.run(state, feeds);
    await backend.dispose();
    expect(outputs[0]!['loss']!.data[0]).toBeGreaterThan(0.5);
    expect(outputs.at(-1)!['loss']!.data[0]).toBeLessThan(0.05);
    expect(outputs[0]!['crossEntropy']).toEqual(outputs[0]!['loss']);
  });

  it('is built again from its config', () => {
    const model = new ResNet18({ numClasses: 4 });
    expect(ResNet18.type).toBe('ResNet18');
    const config: unknown = JSON.parse(JSON.stringify(model.config));
    expect(config).toEqual({ inChannels: 3, numClasses: 4, spatialDims: 2, features: 64 });
    expect(new ResNet18(config as typeof model.config).config).toEqual(model.config);
  });

  it('declares its inputs', () => {
    expect(new Small({ inChannels: 2, numClasses: 7 }, { inputSize: [null, 32, 32] }).inputs).toEqual({
      data: { shape: [2, null, 32, 32], dtype: 'float32' },
      label: { shape: [], dtype: 'int32', range: [0, 6] },
    });
  });
});

describe('batches', () => {
  const model = new Small({ inChannels: 1, numClasses: 3 });

  it('are cast, and labels lose a trailing axis', () => {
    const given = { data: ndarray([1, 2], [2, 1], 'uint8'), label: ndarray([2, 0], [2, 1]), id: ndarray([7, 8], [2]) };
    const prepared = model.prepareBatch(given);
    expect(prepared).toEqual({
      data: ndarray([1, 2], [2, 1]),
      label: ndarray([2, 0], [2], 'int32'),
      id: given.id,
    });
    expect(given.label.shape).toEqual([2, 1]);
  });

  it('need no labels', () => {
    expect(model.prepareBatch({ data: ndarray([1], [1]) })).toEqual({ data: ndarray([1], [1]) });
  });

  it('refuse labels that are no integers or out of range', () => {
    expect(() => model.prepareBatch({ label: ndarray([0, 1.5], [2]) })).toThrow(/"label" holds 1.5 \(element 1\)/);
    const image = ndarray([0, 0], [2, 1, 1, 1]);
    expect(() => {
      checkBatch(model.prepareBatch({ data: image, label: ndarray([0, 3], [2]) }), model.inputs);
    }).toThrow(/"label" holds 3 \(row 1 of the batch\); allowed is 0 to 2/);
  });
});

describe('options', () => {
  it.each([
    [{ inChannels: 0, numClasses: 2 }, /Small: inChannels is 0/],
    [{ inChannels: 1, numClasses: 1.5 }, /Small: numClasses is 1.5/],
  ])('%o are refused', (config, message) => {
    expect(() => new Small(config)).toThrow(message);
  });
});
