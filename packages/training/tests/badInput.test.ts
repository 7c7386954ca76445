import { ArgumentError, InputError, ndarray, NotFoundError, type Sample, scalar } from '@delira/core';
import { DataLoader, type Loader } from '@delira/data-loading';
import { accuracy } from '@delira/metrics';
import { crossEntropyLoss } from '@delira/nn';
import { describe, expect, it } from 'vitest';
import { changeSample } from './support/changeSample.js';
import { tinyDataset, tinyLoaders, TinyNetwork, tinyTrainer } from './support/tinyTraining.js';

const fitOn = (train: Loader): Promise<unknown> => tinyTrainer().fit({ train }, { epochs: 1, handleSignals: false });

describe('a sample that the network does not take', () => {
  const dataset = tinyDataset(26, 1);
  const inOrder = (index: number, change: (sample: Sample) => Sample): Loader =>
    new DataLoader({ dataset: changeSample(dataset, index, change), batchSize: 4 });

  it('with a label out of range is named, in training and in evaluation', async () => {
    const loader = inOrder(9, (sample) => ({ ...sample, label: scalar(3, 'int32') }));
    const message =
      'Batch entry "label" holds 3 (row 1 of the batch); allowed is 0 to 2. Check the dataset\'s labels, or build the network for more classes. At fault in the dataset: sample 9.';
    await expect(fitOn(loader)).rejects.toThrow(new InputError(message));
    await expect(tinyTrainer().evaluate(loader)).rejects.toThrow(new InputError(message));
  });

  it('of another shape is refused', async () => {
    const wide = { length: 8, get: () => ({ data: ndarray(new Float32Array(5), [5]), label: scalar(0, 'int32') }) };
    await expect(fitOn(new DataLoader({ dataset: wide, batchSize: 4 }))).rejects.toThrow(
      new InputError(
        'Batch entry "data" has shape [4, 5]; expected [N, 4]. Resize or crop the samples, or build the network for this size. The batch holds the dataset\'s samples 0, 1, 2, 3.',
      ),
    );
  });

  it('of another dtype is refused by a network that does not cast', async () => {
    class Strict extends TinyNetwork {
      override prepareBatch(batch: Sample): Sample {
        return batch;
      }
    }
    const doubles = {
      length: 8,
      get: () => ({ data: ndarray(new Float64Array(4), [4], 'float64'), label: scalar(0, 'int32') }),
    };
    const trainer = tinyTrainer({ network: new Strict() });
    const train = new DataLoader({ dataset: doubles, batchSize: 4 });
    await expect(trainer.fit({ train }, { epochs: 1, handleSignals: false })).rejects.toThrow(
      /Batch entry "data" is float64; expected float32\. .* The batch holds the dataset's samples 0, 1, 2, 3\./,
    );
  });

  it('without an entry is refused', async () => {
    const unlabelled = { length: 8, get: () => ({ data: ndarray(new Float32Array(4), [4]) }) };
    await expect(fitOn(new DataLoader({ dataset: unlabelled, batchSize: 4 }))).rejects.toThrow(
      /The batch has no entry "label"\. It has: data\./,
    );
  });
});

describe('a loader', () => {
  const { train } = tinyLoaders();
  const loaderOf = (epoch: Loader['epoch']): Loader => ({ batches: 6, samples: 24, epoch });

  it('without a batch is an error, not an epoch of nothing', async () => {
    const empty = loaderOf(async function* () {
      // Nothing.
    });
    await expect(fitOn(empty)).rejects.toThrow(
      new InputError('The training loader gave no batch in epoch 0. Check its dataset and sampler.'),
    );
    await expect(tinyTrainer().evaluate(empty)).rejects.toThrow(
      new InputError('The loader gave no batch to evaluate. Check its dataset and sampler.'),
    );
  });

  it('that is smaller than a batch trains on what there is', async () => {
    const loader = new DataLoader({ dataset: tinyDataset(3, 1), batchSize: 64 });
    const trainer = tinyTrainer();
    const { step } = await trainer.fit({ train: loader }, { epochs: 2, handleSignals: false });
    expect(step).toBe(2);
  });

  it('may give batches of several sizes: each has a program of its own, all count', async () => {
    const sizes = [4, 4, 2, 2, 4];
    const mixed: Loader = {
      batches: sizes.length,
      samples: 16,
      async *epoch(epoch, from = 0) {
        const batches: Sample[] = [];
        for await (const { sample } of train.epoch(epoch)) batches.push(sample);
        for (const [index, size] of sizes.entries()) {
          const rows = Object.entries(batches[index]!).map(([name, { data, shape, dtype }]) => {
            const width = data.length / 4;
            return [name, { dtype, shape: [size, ...shape.slice(1)], data: data.slice(0, size * width) }];
          });
          if (index >= from)
            yield { sample: Object.fromEntries(rows) as Sample, indices: Array.from({ length: size }, (_, i) => i) };
        }
      },
    };
    const results = [];
    for (const stepsPerCall of [1, 4]) {
      const trainer = tinyTrainer({ stepsPerCall });
      results.push((await trainer.fit({ train: mixed }, { epochs: 2, handleSignals: false })).history);
      expect(trainer.position.step).toBe(2 * sizes.length);
    }
    expect(results[0]).toEqual(results[1]);
  });

  it('must not change in the middle of an epoch', async () => {
    const trainer = tinyTrainer({ stepsPerCall: 1, callbacks: [{ onBatchEnd: (run) => run.stop('once') }] });
    await trainer.fit({ train }, { epochs: 1, handleSignals: false });
    const halves = new DataLoader({ dataset: tinyDataset(26, 1), batchSize: 2 });
    await expect(trainer.fit({ train: halves }, { epochs: 1, handleSignals: false })).rejects.toMatchObject({
      code: 'CHECKPOINT_MISMATCH',
      message: expect.stringContaining('an epoch of 7 batches with 26 samples; this loader gives 13 with 26') as string,
    });
  });
});

describe('options', () => {
  const create = (options: Parameters<typeof tinyTrainer>[0]) => () => tinyTrainer(options);

  it.each([0, -1, 1.5, NaN])('refuse %d for counts', async (count) => {
    expect(create({ stepsPerCall: count })).toThrow(
      new ArgumentError(`stepsPerCall must be a positive integer, got ${count}.`),
    );
    expect(create({ saveFrequency: count })).toThrow(ArgumentError);
    await expect(tinyTrainer().fit(tinyLoaders(), { epochs: count })).rejects.toThrow(
      new ArgumentError(`epochs must be a positive integer, got ${count}.`),
    );
  });

  it('refuse a schedule of a hyper that the optimizer lacks', () => {
    expect(create({ schedules: { 'default.lrr': () => 1 } })).toThrow(
      new NotFoundError(
        'There is a schedule for "default.lrr", but the optimizers have the hypers default.lr. Did you mean "default.lr"?',
      ),
    );
  });

  it('refuse a schedule of a hyper that nothing reads, and one that gives no number', async () => {
    const fit = (schedules: Record<string, () => number>): Promise<unknown> =>
      tinyTrainer({ schedules }).fit(tinyLoaders(), { epochs: 1, handleSignals: false });
    await expect(fit({ weight: () => 1 })).rejects.toThrow(
      'There is a schedule for "weight", but TinyNetwork.train reads only the hypers default.lr.',
    );
    await expect(fit({ 'default.lr': () => NaN })).rejects.toThrow(
      new ArgumentError(
        'The schedule of "default.lr" gave NaN for update 0. It must give a finite number for every update from 0.',
      ),
    );
  });

  it('refuse two values of one name', async () => {
    expect(create({ metrics: [accuracy(), accuracy()] })).toThrow(
      /^Two values would be logged as "accuracy"\. Give each metric a name of its own/,
    );
    const trainer = tinyTrainer({ metrics: [accuracy({ name: 'loss' })] });
    await expect(trainer.fit(tinyLoaders(), { epochs: 1, handleSignals: false })).rejects.toThrow(
      /^Two values would be logged as "loss"/,
    );
  });

  it('refuse to monitor validation without a validation set, and what does not exist', async () => {
    const trainer = (name: string) => tinyTrainer({ monitor: { name, better: 'higher' } });
    const { train, val } = tinyLoaders();
    await expect(trainer('val_accuracy').fit({ train }, { epochs: 1 })).rejects.toThrow(
      '"val_accuracy" is monitored, but there is no validation set. Pass a val loader, or monitor a value of training.',
    );
    await expect(trainer('val_acc').fit({ train, val }, { epochs: 1, handleSignals: false })).rejects.toThrow(
      'The monitored value "val_acc" does not exist. There is: loss, accuracy, val_loss, val_accuracy.',
    );
  });

  it('refuse a second training at the same time', async () => {
    const trainer = tinyTrainer();
    const first = trainer.fit(tinyLoaders(), { epochs: 1, handleSignals: false });
    await expect(trainer.fit(tinyLoaders(), { epochs: 1 })).rejects.toThrow(
      new ArgumentError('fit() was called while this trainer trains. Await fit() first, or make another trainer.'),
    );
    await expect(trainer.restore('anything')).rejects.toThrow(ArgumentError);
    expect((await first).step).toBe(6);
  });
});

describe('values', () => {
  it('leave out the name of a single loss, which is the loss', async () => {
    const fit = async (losses: Record<string, ReturnType<typeof crossEntropyLoss>>): Promise<string[]> => {
      const { history } = await tinyTrainer({ losses }).fit(tinyLoaders(), { epochs: 1, handleSignals: false });
      return Object.keys(history[0]!).sort();
    };
    expect(await fit({ crossEntropy: crossEntropyLoss() })).toEqual(['accuracy', 'loss', 'val_accuracy', 'val_loss']);
    expect(await fit({ hard: crossEntropyLoss(), soft: crossEntropyLoss({ labelSmoothing: 0.1 }) })).toEqual([
      'accuracy',
      'hard',
      'loss',
      'soft',
      'val_accuracy',
      'val_hard',
      'val_loss',
      'val_soft',
    ]);
  });
});
