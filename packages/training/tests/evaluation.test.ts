import { createReferenceBackend } from '@delira/backend-reference';
import { Network, type Sample, scalar, sliceRows, type Step, type Tensor } from '@delira/core';
import { DataLoader } from '@delira/data-loading';
import { accuracy, confusionMatrix } from '@delira/metrics';
import { sgd } from '@delira/optim';
import { describe, expect, it } from 'vitest';
import { Trainer } from '../src/index.js';
import { digestOf, tinyDataset, tinyLoaders, tinyTrainer } from './support/tinyTraining.js';
import { watchedBackend } from './support/watchedBackend.js';

const quietly = { handleSignals: false };
const dataset = tinyDataset(13, 2);
const loaderOf = (batchSize: number): DataLoader => new DataLoader({ dataset, batchSize });

describe('evaluation', () => {
  it.each([1, 5, 6, 13, 64])('in batches of %d counts every sample once', async (batchSize) => {
    const trainer = tinyTrainer();
    await trainer.fit({ train: tinyLoaders().train }, { epochs: 1, ...quietly });
    const alone = await Promise.all(
      Array.from({ length: 13 }, (_, index) => {
        const only = { length: 1, get: () => dataset.get(index) };
        return trainer.evaluate(new DataLoader({ dataset: only, batchSize: 1 }));
      }),
    );
    const mean = (name: string): number => alone.reduce((sum, values) => sum + values[name]!, 0) / 13;
    const values = await trainer.evaluate(loaderOf(batchSize));
    expect(Object.keys(values)).toEqual(['loss', 'accuracy']);
    expect(values['accuracy']).toBe(mean('accuracy'));
    expect(values['loss']).toBeCloseTo(mean('loss'), 12);
  });

  it('changes nothing, and compiles once for each size of batch', async () => {
    const backend = watchedBackend();
    const trainer = tinyTrainer({ backend });
    const before = await digestOf(trainer);
    const first = await trainer.evaluate(loaderOf(5));
    expect(await trainer.evaluate(loaderOf(5))).toEqual(first);
    expect(await digestOf(trainer)).toBe(before);
    expect(backend.compiled).toEqual(['TinyNetwork.eval', 'TinyNetwork.eval']);
  });

  it('gives the results of accumulators under the names they are asked for', async () => {
    const trainer = tinyTrainer();
    const accumulators = { confusion: confusionMatrix({ classes: 3 }), score: accuracy() };
    const { confusion, score } = await trainer.accumulate(loaderOf(5), accumulators);
    expect(confusion.total).toBe(13);
    expect(score).toBe(confusion.accuracy);
    expect((await trainer.evaluate(loaderOf(5)))['accuracy']).toBe(score);
  });

  it('reads the moving averages of the parameters, as the exported prediction does', async () => {
    const trainer = tinyTrainer();
    await trainer.fit({ train: tinyLoaders().train }, { epochs: 1, ...quietly });
    const averaged = await trainer.evaluate(loaderOf(13));

    const variables = await (await trainer.state()).read();
    const copied = [...variables].map(([name, array]) => {
      const average = variables.get(`optimizer.default.ema.${name}`);
      return [name, average ?? array] as const;
    });
    const plain = tinyTrainer({ optimizers: { default: sgd({ lr: 0.1 }) }, schedules: {} });
    const known = copied.filter(([name]) => plain.system.variables.has(name));
    await (await plain.state()).write(new Map(known));
    expect(averaged).toEqual(await plain.evaluate(loaderOf(13)));
    const current = [...variables].filter(([name]) => plain.system.variables.has(name));
    await (await plain.state()).write(new Map(current));
    expect(averaged).not.toEqual(await plain.evaluate(loaderOf(13)));

    const { data } = dataset.get(0);
    const signature = { data: { shape: [1, ...data!.shape], dtype: data!.dtype } };
    const reads = Object.keys(trainer.tracePredict(signature).reads);
    expect(reads).toContain('optimizer.default.ema.head.weight');
    expect(reads).toContain('norm.running_mean');
    expect(reads).not.toContain('head.weight');
  });
});

describe('the values of an epoch', () => {
  it('are those of its own steps', async () => {
    const losses: number[] = [];
    const trainer = tinyTrainer({
      stepsPerCall: 4,
      callbacks: [{ onBatchEnd: ({ metrics }) => void losses.push(metrics['loss']!) }],
    });
    const { history } = await trainer.fit({ train: tinyLoaders().train }, { epochs: 2, ...quietly });
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(history[0]!['loss']).toBeCloseTo(mean(losses.slice(0, 6)), 12);
    expect(history[1]!['loss']).toBeCloseTo(mean(losses.slice(6)), 12);
    // 24 samples each: whatever the accuracy is, it is a multiple of 1 / 24.
    for (const { accuracy } of history) expect((24 * accuracy!) % 1).toBeCloseTo(0, 12);
    expect(history[0]!['accuracy']).not.toBe(history[1]!['accuracy']);
  });
});

/** Learns one number; its loss has a weight that is annealed. */
class Annealed extends Network<{ data: Tensor }, { pred: Tensor }> {
  readonly config = {};
  readonly inputs = { data: { shape: [], dtype: 'float32' } } as const;
  readonly factor = this.param([], () => scalar(1));

  override predict({ data }: { data: Tensor }): { pred: Tensor } {
    return { pred: data.mul(this.factor.value) };
  }

  override trainStep(batch: { data: Tensor }, step: Step<{ data: Tensor }, { pred: Tensor }>): Record<string, Tensor> {
    const weight = step.hyper('weight');
    const loss = this.predict(batch).pred.mean([0]).mul(weight);
    step.minimize('default', loss);
    return { loss, weight };
  }

  override evalStep(batch: { data: Tensor }, step: Step<{ data: Tensor }, { pred: Tensor }>): Record<string, Tensor> {
    return { loss: this.predict(batch).pred.mean([0]).mul(step.hyper('weight')) };
  }
}

describe('a hyper of the network’s own', () => {
  const ones = { length: 4, get: () => ({ data: scalar(1) }) };
  const loader = new DataLoader({ dataset: ones, batchSize: 2 });
  const trainerOf = (schedules: Record<string, (step: number) => number>) =>
    new Trainer({
      network: new Annealed(),
      backend: createReferenceBackend(),
      optimizers: { default: sgd({ lr: 0.5 }) },
      losses: {},
      schedules,
      progress: false,
    });

  it('follows its schedule, step by step, also in evaluation', async () => {
    const weights: number[] = [];
    const trainer = trainerOf({ weight: (step) => 1 + step });
    const { history } = await trainer.fit({ train: loader, val: loader }, { epochs: 2, ...quietly });
    for (const { weight } of history) weights.push(weight!);
    expect(weights).toEqual([1.5, 3.5]);
    // 1 − 0.5 · (1 + 2) after the first epoch, weighed with the next step's 3; then − 0.5 · (3 + 4), weighed with 5.
    expect(history.map(({ val_loss }) => val_loss)).toEqual([3 * -0.5, 5 * -4]);
  });

  it('needs one', async () => {
    await expect(trainerOf({}).fit({ train: loader }, { epochs: 1, ...quietly })).rejects.toThrow(
      'Annealed.train reads the hyper "weight", which has no value. Give it a schedule: schedules: { \'weight\': constantSchedule(1) }.',
    );
  });
});

describe('a batch for evaluation', () => {
  it('is left as it was', async () => {
    const rows: Sample[] = [];
    const loader = loaderOf(13);
    const kept = {
      batches: 1,
      samples: 13,
      async *epoch() {
        for await (const batch of loader.epoch(0)) {
          rows.push(batch.sample);
          yield batch;
        }
      },
    };
    await tinyTrainer().evaluate(kept);
    const again = (await loader.epoch(0).next()).value!.sample;
    expect(sliceRows(rows[0]!['data']!, 0, 13)).toEqual(again['data']);
  });
});
