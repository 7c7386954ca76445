import { ArgumentError, createRng, InputError, type NDArray, ndarray, type Sample } from '@delira/core';
import { ArrayDataset, type Batch, collate, DataLoader, type DataLoaderOptions, type Dataset } from '../src/index.js';
import { RandomSampler } from '@delira/samplers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const numbers = (length: number): ArrayDataset =>
  new ArrayDataset({
    data: ndarray(
      Array.from({ length }, (_, index) => index),
      [length],
    ),
  });

async function collect(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const all: Batch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

const values = (batches: readonly Batch[]): number[][] => batches.map(({ sample }) => [...sample['data']!.data]);

/** Adds noise: shows which random numbers a sample was given. */
const noisy = (sample: Sample, rng: { uniform(): number }): Sample => ({
  data: ndarray([sample['data']!.data[0]! + rng.uniform()], []),
});

describe('DataLoader', () => {
  it('batches in order, the last batch partly filled', async () => {
    const loader = new DataLoader({ dataset: numbers(5), batchSize: 2 });
    expect([loader.batches, loader.samples]).toEqual([3, 5]);
    expect(await collect(loader.epoch(0))).toEqual([
      { sample: { data: ndarray([0, 1], [2]) }, indices: [0, 1] },
      { sample: { data: ndarray([2, 3], [2]) }, indices: [2, 3] },
      { sample: { data: ndarray([4], [1]) }, indices: [4] },
    ]);
  });

  it('leaves out a last batch that is not full', async () => {
    const loader = new DataLoader({ dataset: numbers(5), batchSize: 2, dropLast: true });
    expect([loader.batches, loader.samples]).toEqual([2, 4]);
    expect(values(await collect(loader.epoch(0)))).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it.each([
    [600, 16, 38, 37],
    [500, 16, 32, 31],
    [40, 4, 10, 10],
    [10, 4, 3, 2],
    [10_000, 64, 157, 156],
  ])('%d samples by %d make %d batches, %d full ones', (length, batchSize, all, full) => {
    expect(new DataLoader({ dataset: numbers(length), batchSize }).batches).toBe(all);
    expect(new DataLoader({ dataset: numbers(length), batchSize, dropLast: true }).batches).toBe(full);
  });

  it('gives each epoch its own order, again and again', async () => {
    const dataset = numbers(20);
    const loader = new DataLoader({ dataset, batchSize: 6, sampler: new RandomSampler(dataset, { seed: 2 }) });
    const first = values(await collect(loader.epoch(0)));
    const second = values(await collect(loader.epoch(1)));
    expect(second).not.toEqual(first);
    expect(values(await collect(loader.epoch(0)))).toEqual(first);
    expect(first.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it('names the samples of each row', async () => {
    const dataset = numbers(9);
    const loader = new DataLoader({ dataset, batchSize: 4, sampler: new RandomSampler(dataset, { seed: 2 }) });
    for (const { sample, indices } of await collect(loader.epoch(3)))
      expect([...sample['data']!.data]).toEqual(indices);
  });

  it('continues in the middle of an epoch as if it had not been interrupted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        fc.nat(30),
        async (length, batchSize, replacement, skipped) => {
          const dataset = numbers(length);
          const loader = new DataLoader({
            dataset,
            batchSize,
            seed: 4,
            sampler: new RandomSampler(dataset, { seed: 1, replacement }),
            transform: noisy,
          });
          const from = Math.min(skipped, loader.batches);
          expect(await collect(loader.epoch(2, from))).toEqual((await collect(loader.epoch(2))).slice(from));
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });

  it('loads nothing of the batches it leaves out', async () => {
    const loaded: number[] = [];
    const inner = numbers(6);
    const dataset: Dataset = {
      length: 6,
      get: (index) => {
        loaded.push(index);
        return inner.get(index);
      },
    };
    await collect(new DataLoader({ dataset, batchSize: 2 }).epoch(0, 2));
    expect(loaded).toEqual([4, 5]);
  });

  it('waits for datasets that load asynchronously, and keeps their order', async () => {
    const inner = numbers(4);
    const dataset: Dataset = {
      length: 4,
      get: async (index) => {
        for (let turn = 0; turn < 4 - index; turn++) await Promise.resolve();
        return inner.get(index);
      },
    };
    expect(values(await collect(new DataLoader({ dataset, batchSize: 4 }).epoch(0)))).toEqual([[0, 1, 2, 3]]);
  });

  it('stacks scalars, images and every dtype', async () => {
    const image = ndarray([1, 2, 3, 4], [1, 2, 2], 'uint8');
    const dataset: Dataset = { length: 2, get: (index) => ({ image, label: ndarray([index], [], 'int32') }) };
    const [batch] = await collect(new DataLoader({ dataset, batchSize: 2 }).epoch(0));
    expect(batch?.sample).toEqual({
      image: ndarray([1, 2, 3, 4, 1, 2, 3, 4], [2, 1, 2, 2], 'uint8'),
      label: ndarray([0, 1], [2], 'int32'),
    });
  });

  it('uses a collate function of one’s own', async () => {
    const count = (samples: readonly Sample[]): Sample => ({ count: ndarray([samples.length], [1]) });
    const batches = await collect(new DataLoader({ dataset: numbers(3), batchSize: 2, collate: count }).epoch(0));
    expect(batches.map(({ sample }) => sample['count']!.data[0])).toEqual([2, 1]);
  });
});

describe('the transform’s randomness', () => {
  const noiseOf = async (
    options: Omit<DataLoaderOptions, 'dataset' | 'transform'>,
    epoch = 0,
  ): Promise<Map<number, number>> => {
    const loader = new DataLoader({ ...options, dataset: numbers(12), transform: noisy });
    const noise = new Map<number, number>();
    for (const { sample, indices } of await collect(loader.epoch(epoch)))
      indices.forEach((index, row) => noise.set(index, sample['data']!.data[row]!));
    return new Map([...noise].sort(([a], [b]) => a - b));
  };

  it('depends neither on the batch size nor on the order', async () => {
    const expected = await noiseOf({ batchSize: 1 });
    expect(await noiseOf({ batchSize: 5 })).toEqual(expected);
    expect(await noiseOf({ batchSize: 4, sampler: new RandomSampler(12, { seed: 9 }) })).toEqual(expected);
  });

  it('depends on seed, epoch and sample', async () => {
    const noise = await noiseOf({ batchSize: 1 });
    expect(await noiseOf({ batchSize: 1, seed: 1 })).not.toEqual(noise);
    expect(await noiseOf({ batchSize: 1 }, 1)).not.toEqual(noise);
    expect(new Set([...noise].map(([index, value]) => value - index)).size).toBe(12);
  });

  it('differs when one epoch draws a sample again', async () => {
    const loader = new DataLoader({
      dataset: numbers(1),
      batchSize: 3,
      transform: noisy,
      sampler: new RandomSampler(1, { replacement: true, numSamples: 3 }),
    });
    expect(new Set(values(await collect(loader.epoch(0))).flat()).size).toBe(3);
  });

  it('may be asynchronous', async () => {
    const loader = new DataLoader({
      dataset: numbers(2),
      batchSize: 2,
      transform: (sample, rng) => Promise.resolve(noisy(sample, rng)),
    });
    const expected = createRng(0).fork('transform').fork(0, 1, 0).uniform();
    expect(values(await collect(loader.epoch(0)))[0]![1]).toBe(Math.fround(1 + expected));
  });
});

describe('errors', () => {
  const failure = async (options: DataLoaderOptions, epoch = 0, fromBatch = 0): Promise<Error> => {
    try {
      await collect(new DataLoader(options).epoch(epoch, fromBatch));
    } catch (error) {
      if (error instanceof Error) return error;
    }
    throw new Error('Nothing was thrown.');
  };

  it('names the sample that cannot be loaded, and keeps the cause', async () => {
    const cause = new TypeError('no such file');
    const dataset: Dataset = {
      length: 4,
      get: (index) => (index === 2 ? Promise.reject(cause) : numbers(4).get(index)),
    };
    expect(await failure({ dataset, batchSize: 4 })).toEqual(
      new InputError('Sample 2 could not be loaded: no such file'),
    );
    expect((await failure({ dataset, batchSize: 4 })).cause).toBe(cause);
  });

  it('names the sample on which the transform fails', async () => {
    const transform = (sample: Sample): Sample => {
      if (sample['data']!.data[0] === 3) throw new Error('cannot rotate');
      return sample;
    };
    expect(await failure({ dataset: numbers(4), batchSize: 2, transform })).toEqual(
      new InputError('The transform failed on sample 3: cannot rotate'),
    );
  });

  const mixed = (odd: Readonly<Record<string, NDArray>>): Dataset => ({
    length: 3,
    get: (index) => (index === 1 ? odd : { data: ndarray([1, 2], [2]) }),
  });
  it.each([
    ['their "data" are float32 [2] and float32 [1].', { data: ndarray([1], [1]) }],
    ['their "data" are float32 [2] and int32 [2].', { data: ndarray([1, 2], [2], 'int32') }],
    ['only the first has "data".', {}],
    ['only the second has "label".', { data: ndarray([1, 2], [2]), label: ndarray([1], []) }],
  ])('says why samples do not fit into one batch: %s', async (why, odd) => {
    const error = await failure({ dataset: mixed(odd), batchSize: 2 });
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(`Samples 0 and 1 do not fit into one batch: ${why}`);
  });

  it('catches a sampler that breaks its promise', async () => {
    const dataset = numbers(3);
    const sampler = (indices: readonly number[], length: number) => ({ length, indices: () => indices });
    expect(await failure({ dataset, batchSize: 1, sampler: sampler([0, 3], 2) })).toEqual(
      new InputError(
        'The sampler gave index 3, but the dataset has samples 0 to 2. Build the sampler from this dataset.',
      ),
    );
    expect((await failure({ dataset, batchSize: 1, sampler: sampler([0], 3) })).message).toContain(
      'epoch 0 ended 2 early',
    );
  });

  it('takes no more indices than the sampler has promised', async () => {
    const sampler = { length: 2, indices: () => [2, 1, 0, 0] };
    expect(values(await collect(new DataLoader({ dataset: numbers(3), batchSize: 1, sampler }).epoch(0)))).toEqual([
      [2],
      [1],
    ]);
  });

  it('refuses unusable options', async () => {
    const dataset = numbers(3);
    expect(() => new DataLoader({ dataset, batchSize: 0 })).toThrow(ArgumentError);
    expect(() => new DataLoader({ dataset, batchSize: 4, dropLast: true })).toThrow(
      'The sampler gives 3 samples, which make no batch of 4.',
    );
    const balanced = { length: 4, batchSize: 2, indices: () => [0, 1, 2, 0] };
    expect(() => new DataLoader({ dataset, batchSize: 4, sampler: balanced })).toThrow(
      'The sampler composes batches of 2, but batchSize is 4.',
    );
    expect(() => new DataLoader({ dataset: { length: 0, get: () => ({}) }, batchSize: 4 })).toThrow(ArgumentError);
    expect(await failure({ dataset, batchSize: 2 }, -1)).toBeInstanceOf(ArgumentError);
    expect(await failure({ dataset, batchSize: 2 }, 0, 3)).toEqual(
      new ArgumentError('An epoch of 2 batches cannot start from batch 3.'),
    );
  });

  it('cannot collate nothing', () => {
    expect(() => collate([], [])).toThrow(InputError);
  });
});
