import { ArgumentError } from '@delira/core';
import { describe, expect, it } from 'vitest';
import {
  BatchSampler,
  LambdaSampler,
  RandomSampler,
  SequentialSampler,
  WeightedPrevalenceRandomSampler,
  WeightedRandomSampler,
} from '../src/index.js';

const countsOf = (drawn: Iterable<number>): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>();
  for (const index of drawn) counts.set(index, (counts.get(index) ?? 0) + 1);
  return counts;
};

describe('WeightedRandomSampler', () => {
  it('draws each index as often as its weight says, and one of weight zero never', () => {
    const sampler = new WeightedRandomSampler([4, 5, 6], { weights: [1, 0, 3], numSamples: 8000, seed: 2 });
    const counts = countsOf(sampler.indices(0));
    expect(counts.get(5)).toBeUndefined();
    // Five standard deviations of the binomial distribution around 2,000.
    expect(Math.abs(counts.get(4)! - 2000)).toBeLessThan(195);
    expect(counts.get(4)! + counts.get(6)!).toBe(8000);
  });

  it('draws all alike without weights', () => {
    const counts = countsOf(new WeightedRandomSampler(2, { numSamples: 8000 }).indices(3));
    expect(Math.abs(counts.get(0)! - 4000)).toBeLessThan(225);
  });

  it('draws without replacement, heavy ones first in most epochs', () => {
    const sampler = new WeightedRandomSampler(3, { weights: [1, 8, 0], numSamples: 2, replacement: false, seed: 3 });
    let heavyFirst = 0;
    for (let epoch = 0; epoch < 1800; epoch++) {
      const drawn = [...sampler.indices(epoch)];
      expect(drawn.toSorted()).toEqual([0, 1]);
      if (drawn[0] === 1) heavyFirst++;
    }
    // Probability 8/9: five standard deviations around 1,600.
    expect(Math.abs(heavyFirst - 1600)).toBeLessThan(67);
  });

  it('refuses unusable weights when it is built', () => {
    const create =
      (weights: readonly number[], options = {}) =>
      (): unknown =>
        new WeightedRandomSampler(2, { weights, ...options });
    expect(create([1])).toThrow(ArgumentError);
    expect(create([1])).toThrow('got 1 weights for 2 samples');
    expect(create([1, -1])).toThrow('the weight at position 1 is -1');
    expect(create([0, 0])).toThrow('sum above zero, got 0');
    expect(create([1, 0], { replacement: false })).toThrow('1 have a weight above zero');
  });
});

it('WeightedPrevalenceRandomSampler draws every class equally often', () => {
  const sampler = new WeightedPrevalenceRandomSampler([0, 0, 0, 0, 0, 0, 0, 1], { numSamples: 8000, seed: 5 });
  expect(Math.abs(countsOf(sampler.indices(0)).get(7)! - 4000)).toBeLessThan(225);
});

describe('LambdaSampler', () => {
  it('asks the function for batches, the last one shortened', () => {
    const first = new LambdaSampler([3, 5, 8, 9, 11], (candidates, count) => candidates.slice(0, count), {
      batchSize: 2,
    });
    expect([...first.indices(0)]).toEqual([3, 5, 3, 5, 3]);
    const last = new LambdaSampler(5, (candidates, count) => candidates.slice(-count));
    expect([...last.indices(0)]).toEqual([0, 1, 2, 3, 4]);
  });

  it('hands out an Rng that depends on seed, epoch and position only', () => {
    const create = (seed: number): LambdaSampler =>
      new LambdaSampler(
        100,
        (candidates, count, rng) => Array.from({ length: count }, () => rng.int(candidates.length)),
        {
          seed,
          batchSize: 10,
        },
      );
    expect([...create(1).indices(2)]).toEqual([...create(1).indices(2)]);
    expect([...create(1).indices(3)]).not.toEqual([...create(1).indices(2)]);
    expect([...create(2).indices(2)]).not.toEqual([...create(1).indices(2)]);
  });

  it('refuses a wrong number of indices', () => {
    const sampler = new LambdaSampler(4, () => [1]);
    expect(() => [...sampler.indices(0)]).toThrow('asked for 4 indices and gave 1');
  });
});

describe('BatchSampler', () => {
  it('cuts the indices into batches', () => {
    const sampler = new SequentialSampler(5);
    const keeping = new BatchSampler(sampler, { batchSize: 2 });
    expect([keeping.length, [...keeping.batches(0)]]).toEqual([3, [[0, 1], [2, 3], [4]]]);
    const dropping = new BatchSampler(sampler, { batchSize: 2, dropLast: true });
    expect([dropping.length, [...dropping.batches(0)]]).toEqual([
      2,
      [
        [0, 1],
        [2, 3],
      ],
    ]);
    expect([...new BatchSampler(new SequentialSampler(4), { batchSize: 2 }).batches(0)]).toHaveLength(2);
  });

  it('refuses to give no batch', () => {
    const sampler = new SequentialSampler(2);
    expect(() => new BatchSampler(sampler, { batchSize: 3, dropLast: true })).toThrow('make no batch of 3');
  });
});

it('every sampler is made of a dataset', async () => {
  const dataset = { length: 3 };
  expect([...(await SequentialSampler.fromDataset(dataset)).indices()]).toEqual([0, 1, 2]);
  expect((await RandomSampler.fromDataset(dataset, { numSamples: 2 })).length).toBe(2);
  expect((await WeightedRandomSampler.fromDataset(dataset, { weights: [0, 0, 1] })).length).toBe(3);
  expect((await LambdaSampler.fromDataset(dataset, { draw: (all) => all })).length).toBe(3);
});
