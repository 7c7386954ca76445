import { ArgumentError, InputError, ndarray, type Sample } from '@delira/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BatchSampler,
  PrevalenceRandomSampler,
  type PrevalenceSampler,
  type PrevalenceSamplerOptions,
  PrevalenceSequentialSampler,
  StoppingPrevalenceRandomSampler,
  StoppingPrevalenceSequentialSampler,
  WeightedPrevalenceRandomSampler,
} from '../src/index.js';

/** Six samples of class 0, four of class 1, two of class 2: indices 0…5, 6…9, 10 and 11. */
const labels = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2];

const batchesOf = (sampler: PrevalenceSampler, epoch = 0): readonly (readonly number[])[] => [
  ...new BatchSampler(sampler, { batchSize: sampler.batchSize }).batches(epoch),
];

const classesOf = (batch: readonly number[]): readonly number[] => batch.map((index) => labels[index]!);

const all: readonly [
  string,
  new (labels: ArrayLike<number>, options: PrevalenceSamplerOptions) => PrevalenceSampler,
][] = [
  ['PrevalenceRandomSampler', PrevalenceRandomSampler],
  ['PrevalenceSequentialSampler', PrevalenceSequentialSampler],
  ['StoppingPrevalenceRandomSampler', StoppingPrevalenceRandomSampler],
  ['StoppingPrevalenceSequentialSampler', StoppingPrevalenceSequentialSampler],
];

describe('PrevalenceSequentialSampler', () => {
  it('walks through each class, and begins a small one again, until the epoch is as long as the dataset', () => {
    const sampler = new PrevalenceSequentialSampler(labels, { batchSize: 3, shuffleBatch: false });
    expect(batchesOf(sampler)).toEqual([
      [0, 6, 10],
      [1, 7, 11],
      [2, 8, 10],
      [3, 9, 11],
    ]);
    expect(batchesOf(sampler, 1)).toEqual(batchesOf(sampler, 0));
  });

  it('fills every batch, also where a class is smaller than its share', () => {
    const sampler = new PrevalenceSequentialSampler(labels, { batchSize: 12, shuffleBatch: false });
    expect(batchesOf(sampler)).toEqual([[0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 10, 11]]);
  });
});

describe('StoppingPrevalenceSequentialSampler', () => {
  it('stops when the first class is used up, in every epoch alike', () => {
    const sampler = new StoppingPrevalenceSequentialSampler(labels, { batchSize: 3, shuffleBatch: false });
    expect(sampler.length).toBe(6);
    for (const epoch of [0, 1, 2])
      expect(batchesOf(sampler, epoch)).toEqual([
        [0, 6, 10],
        [1, 7, 11],
      ]);
  });

  it('gives what is left over to the largest classes', () => {
    const sampler = new StoppingPrevalenceSequentialSampler(labels, { batchSize: 5, shuffleBatch: false });
    expect(batchesOf(sampler)).toEqual([
      [0, 6, 10, 1, 7],
      [2, 8, 11, 3, 9],
    ]);
  });

  it('draws from the largest classes only when a batch is smaller than the number of classes', () => {
    const sampler = new StoppingPrevalenceSequentialSampler(labels, { batchSize: 2, shuffleBatch: false });
    expect(batchesOf(sampler)).toEqual([
      [0, 6],
      [1, 7],
      [2, 8],
      [3, 9],
    ]);
  });
});

describe('PrevalenceRandomSampler', () => {
  it('gives full batches until as many samples were drawn as there are', () => {
    const sampler = new PrevalenceRandomSampler(labels, { batchSize: 5, shuffleBatch: false, seed: 1 });
    expect(sampler.length).toBe(15);
    expect(batchesOf(sampler).map(classesOf)).toEqual(Array.from({ length: 3 }, () => [0, 1, 2, 0, 1]));
    expect(batchesOf(sampler, 1)).not.toEqual(batchesOf(sampler, 0));
  });

  it('draws each member of a class equally often in the long run', () => {
    const sampler = new PrevalenceRandomSampler([0, 0, 1], { batchSize: 2, seed: 4 });
    let zeros = 0;
    for (let epoch = 0; epoch < 2000; epoch++)
      zeros += [...sampler.indices(epoch)].filter((index) => index === 0).length;
    // 4,000 draws of class 0; five standard deviations of the binomial distribution around its mean.
    expect(Math.abs(zeros - 2000)).toBeLessThan(160);
  });
});

it('StoppingPrevalenceRandomSampler ends with the smallest class', () => {
  const sampler = new StoppingPrevalenceRandomSampler(labels, { batchSize: 3, shuffleBatch: false });
  expect(batchesOf(sampler).map(classesOf)).toEqual([
    [0, 1, 2],
    [0, 1, 2],
  ]);
});

describe.each(all)('%s', (_, Sampler) => {
  it('keeps its promises for any labels, batch size, seed and epoch', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(),
        fc.nat(1000),
        fc.boolean(),
        (drawn, batchSize, seed, epoch, shuffleBatch) => {
          const sampler = new Sampler(drawn, { batchSize, seed, shuffleBatch });
          const batches = batchesOf(sampler, epoch);
          expect(batches.flat()).toHaveLength(sampler.length);
          expect(batchesOf(sampler, epoch)).toEqual(batches);
          const classes = new Set(drawn).size;
          for (const batch of batches) {
            expect(batch).toHaveLength(batchSize);
            const counts = new Map<number, number>();
            for (const index of batch) counts.set(drawn[index]!, (counts.get(drawn[index]!) ?? 0) + 1);
            expect(counts.size).toBe(Math.min(batchSize, classes));
            expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(1);
          }
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });

  it('shuffles within batches unless told not to', () => {
    const plain = batchesOf(new Sampler(labels, { batchSize: 6, shuffleBatch: false }));
    const shuffled = batchesOf(new Sampler(labels, { batchSize: 6 }));
    expect(shuffled).not.toEqual(plain);
    expect(shuffled.map((batch) => batch.toSorted((a, b) => a - b))).toEqual(
      plain.map((batch) => batch.toSorted((a, b) => a - b)),
    );
  });
});

describe('labels of a dataset', () => {
  const sample = (value: number): Sample => ({ grade: ndarray(Int32Array.of(value), [1], 'int32') });
  const loaded: number[] = [];
  const dataset = {
    length: 4,
    get: (index: number): Sample => {
      loaded.push(index);
      return sample(index % 2);
    },
  };

  it('come from targets, which loads nothing', async () => {
    loaded.length = 0;
    const sampler = await PrevalenceSequentialSampler.fromDataset(
      { ...dataset, targets: [7, 7, 9, 9] },
      { batchSize: 2, shuffleBatch: false },
    );
    expect(batchesOf(sampler)).toEqual([
      [0, 2],
      [1, 3],
    ]);
    expect(loaded).toEqual([]);
  });

  it('come from the entry that key names', async () => {
    loaded.length = 0;
    const options = { batchSize: 2, shuffleBatch: false, key: 'grade' };
    const sampler = await StoppingPrevalenceSequentialSampler.fromDataset(
      { ...dataset, targets: [1, 1, 1, 1] },
      options,
    );
    expect(batchesOf(sampler)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(loaded).toEqual([0, 1, 2, 3]);
  });

  it('are missed with the sample and its entries', async () => {
    const failing = PrevalenceRandomSampler.fromDataset(dataset, { batchSize: 2 });
    await expect(failing).rejects.toThrow(InputError);
    await expect(failing).rejects.toThrow('Sample 0 has no entry "label" to take its class from. It has grade');
    const map = { ...dataset, get: (): Sample => ({ label: ndarray(new Float32Array(4), [4]) }) };
    await expect(WeightedPrevalenceRandomSampler.fromDataset(map)).rejects.toThrow('"label" of sample 0 has 4 values');
  });
});

describe('errors', () => {
  it('says what is wrong', () => {
    expect(() => new PrevalenceRandomSampler([], { batchSize: 2 })).toThrow(ArgumentError);
    expect(() => new PrevalenceRandomSampler([], { batchSize: 2 })).toThrow('there are no labels');
    expect(() => new PrevalenceRandomSampler([1, NaN], { batchSize: 2 })).toThrow('sample 1 has NaN');
    expect(() => new PrevalenceRandomSampler([1], { batchSize: 0 })).toThrow(
      'batchSize must be a positive integer, got 0',
    );
    const sampler = new PrevalenceRandomSampler([1, 2], { batchSize: 2 });
    expect(() => new BatchSampler(sampler, { batchSize: 3 })).toThrow('composes batches of 2, but batchSize is 3');
    expect(() => [...sampler.indices(0.5)]).toThrow('An epoch is counted 0, 1, 2');
  });
});
