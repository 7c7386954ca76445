import { ArgumentError, InputError, ndarray, type Sample } from '@delira/core';
import {
  LambdaSampler,
  PrevalenceRandomSampler,
  PrevalenceSequentialSampler,
  RandomSampler,
  SequentialSampler,
  StoppingPrevalenceRandomSampler,
  StoppingPrevalenceSequentialSampler,
  WeightedPrevalenceRandomSampler,
  WeightedRandomSampler,
} from '@delira/samplers';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type * as Package from '../src/index.js';

// Worker threads exist in the built package only.
const { CacheDataset, DataLoader, loadPipeline } = (await import('../dist/index.js' as string)) as typeof Package;

type Loader = InstanceType<typeof DataLoader>;
type Options = ConstructorParameters<typeof DataLoader>[0];

const module = new URL('./pipelines/numbers.mjs', import.meta.url);
const loaders: Loader[] = [];

afterEach(async () => {
  await Promise.all(loaders.splice(0).map((loader) => loader.dispose()));
});

const create = async (options: object, rest: Partial<Options> = {}): Promise<Loader> => {
  const pipeline = await loadPipeline({ module, options });
  const loader = new DataLoader({ batchSize: 4, workers: 2, pipeline, ...rest });
  loaders.push(loader);
  return loader;
};

const collect = async (loader: Loader, epoch = 0, fromBatch = 0): Promise<unknown> => {
  const batches: unknown[] = [];
  for await (const { sample, indices } of loader.epoch(epoch, fromBatch)) batches.push([indices, sample]);
  return batches;
};

const failure = async (loader: Loader): Promise<Error> => {
  try {
    await collect(loader);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('The epoch did not fail.');
};

const shared = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));

describe('workers', () => {
  it('make the same batches in the same order, however many there are', async () => {
    const sampler = new RandomSampler(23, { seed: 3 });
    const expected = await collect(await create({}, { workers: 0, sampler, seed: 9 }), 2);
    for (const workers of [1, 2, 8]) {
      const loader = await create({}, { workers, sampler, seed: 9 });
      expect(await collect(loader, 2)).toEqual(expected);
      expect(await collect(loader, 3)).not.toEqual(expected);
    }
  });

  it('give the same stream for any options', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        fc.nat(50),
        fc.nat(2),
        fc.boolean(),
        async (batchSize, readAhead, dropLast, epoch, fromBatch, own) => {
          const numbers = { length: 23, get: (index: number): Sample => ({ data: ndarray([index], [1]) }) };
          const options = { batchSize, dropLast, ...(own ? {} : { dataset: numbers }) };
          const expected = await collect(await create({ own }, { ...options, workers: 0 }), epoch, fromBatch);
          const actual = await collect(await create({ own }, { ...options, readAhead }), epoch, fromBatch);
          expect(actual).toEqual(expected);
        },
      ),
      { seed: 1, numRuns: 8 },
    );
  });

  const labels = Array.from({ length: 23 }, (_, index) => (index % 7 === 0 ? 1 : 0));
  const balanced = { batchSize: 4, seed: 5 };
  const weights = labels.map((label) => label + 1);

  it.each([
    [1, new SequentialSampler(23)],
    [2, new RandomSampler(23, { seed: 5, replacement: true })],
    [8, new WeightedRandomSampler(23, { seed: 5, weights })],
    [1, new WeightedRandomSampler(23, { seed: 5, weights, replacement: false })],
    [2, new WeightedPrevalenceRandomSampler(labels, { seed: 5 })],
    [8, new LambdaSampler(23, (all, count, rng) => Array.from({ length: count }, () => all[rng.int(23)]!), balanced)],
    [1, new PrevalenceRandomSampler(labels, balanced)],
    [2, new PrevalenceSequentialSampler(labels, balanced)],
    [8, new StoppingPrevalenceRandomSampler(labels, balanced)],
    [2, new StoppingPrevalenceSequentialSampler(labels, balanced)],
  ])('give the stream of every sampler, also from the middle of an epoch: %d, %o', async (workers, sampler) => {
    const alone = await create({}, { workers: 0, sampler, seed: 9 });
    const loader = await create({}, { workers, sampler, seed: 9 });
    const whole = (await collect(alone, 3)) as readonly unknown[];
    expect(await collect(loader, 3)).toEqual(whole);
    const seen = Math.floor(alone.batches / 2);
    expect(await collect(loader, 3, seen)).toEqual(whole.slice(seen));
  });

  it('do what waits behind a slow batch elsewhere, and keep the order', async () => {
    const expected = await collect(await create({ length: 8 }, { workers: 0, batchSize: 1 }));
    for (const workers of [2, 3]) {
      const loader = await create({ length: 8, slow: shared() }, { workers, batchSize: 1, readAhead: 4 });
      expect(await collect(loader)).toEqual(expected);
    }
  });

  it('read no further ahead than told', async () => {
    const asked: number[] = [];
    const dataset = {
      length: 23,
      get: (index: number): Sample => {
        asked.push(index);
        return { data: ndarray([index], [1]) };
      },
    };
    const loader = await create({ own: false }, { dataset, batchSize: 1, readAhead: 3 });
    const batches = loader.epoch(0);
    await batches.next();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asked.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
    await batches.return();
  });

  it('read ahead within the memory limit', async () => {
    const asked: number[] = [];
    const dataset = {
      length: 23,
      get: (index: number): Sample => {
        asked.push(index);
        return { data: ndarray([index], [1]) };
      },
    };
    // A batch of one sample takes eight bytes.
    const loader = await create({ own: false }, { dataset, batchSize: 1, readAhead: 10, memoryLimit: 24 });
    const batches = loader.epoch(0);
    await batches.next();
    await batches.next();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asked).toHaveLength(4);
    await batches.return();
  });

  it('leave cached arrays as they are, whatever a collate passes on', async () => {
    const kept = new Float32Array([5]);
    const dataset = { length: 8, get: (): Sample => ({ data: ndarray(kept, [1]) }) };
    const loader = await create({ own: false, collate: true }, { dataset, workers: 1 });
    const both = (await collect(loader)) as [number[], { kept: { data: Float32Array } }][];
    expect(both.map(([, { kept: values }]) => [...values.data])).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(kept).toEqual(new Float32Array([5]));
  });

  it('see a shared cache, and leave it as it is', async () => {
    const dataset = await CacheDataset.load({
      entries: [...Array(23).keys()],
      load: (entry) => ({ data: ndarray([entry], [1]) }),
      shared: true,
      progress: false,
    });
    expect(dataset.get(4)['data']!.data.buffer).toBeInstanceOf(SharedArrayBuffer);
    const expected = await collect(await create({}, { workers: 0 }));
    expect(await collect(await create({ own: false }, { dataset }))).toEqual(expected);
    expect([...dataset.get(4)['data']!.data]).toEqual([4]);
  });

  it('report what failed on which sample, with the parameters the transform names', async () => {
    const alone = await failure(await create({ fail: { transform: 6 } }, { workers: 0, seed: 4 }));
    const error = await failure(await create({ fail: { transform: 6 } }, { seed: 4 }));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(
      /^The transform failed on sample 6: Rotate\(\{ angle: 0\.\d{3} \}\) met an empty image$/,
    );
    expect(error.message).toBe(alone.message);
    const load = await failure(await create({ fail: { load: 11 } }));
    expect(load.message).toBe('Sample 11 could not be loaded: the disk is gone');
  });

  it('go on after a batch that failed', async () => {
    const loader = await create({ fail: { transform: 6 } });
    await failure(loader);
    expect(await failure(loader)).toBeInstanceOf(InputError);
    expect(await collect(loader, 0, 2)).toHaveLength(4);
  });

  it('are replaced when they die, and the batch is tried again', async () => {
    const expected = await collect(await create({}, { workers: 0 }));
    const loader = await create({ fail: { exitOnce: { index: 5, flag: shared() } } });
    expect(await collect(loader)).toEqual(expected);
  });

  it.each([
    ['process.exit', { exit: 5 }, 'exit code 3'],
    ['an error outside of the transform', { throwLater: 5 }, 'JSON'],
  ])('are reported when a batch ends them twice: %s', async (_, fail, reason) => {
    const error = await failure(await create({ fail }));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain('Workers died 2 times over the batch of samples 4, 5, 6, 7');
    expect(error.message).toContain(reason);
  });

  it('are given up when they do not answer', async () => {
    const error = await failure(await create({ fail: { hang: 5 } }, { timeout: 2 }));
    expect(error.message).toContain('samples 4, 5, 6, 7: it did not answer within 2 s');
  });

  it('end with their loader', async () => {
    const loader = await create({ fail: { hang: 1 } });
    const first = loader.epoch(0).next();
    const outcome = expect(first).rejects.toThrow('was used after dispose()');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await loader.dispose();
    await outcome;
    await expect(collect(loader)).rejects.toThrow('was used after dispose()');
  });
});

describe('what cannot be a pipeline', () => {
  it('says what is wrong with the module', async () => {
    await expect(loadPipeline({ module: 'pipeline.js' })).rejects.toThrow(ArgumentError);
    await expect(loadPipeline({ module: 'data:text/javascript,1' })).rejects.toThrow('A pipeline is a file: URL');
    await expect(loadPipeline({ module: '/nowhere.mjs' })).rejects.toThrow('cannot be imported');
    await expect(loadPipeline({ module, name: 'other' })).rejects.toThrow('exports no function "other"');
    await expect(loadPipeline({ module, name: 'createNothing' })).rejects.toThrow('failed: no licence');
  });

  it('says what is wrong with the options', async () => {
    const pipeline = await loadPipeline({ module });
    const dataset = { length: 3, get: (): Sample => ({}) };
    expect(() => new DataLoader({ dataset, batchSize: 1, workers: 2 })).toThrow('Workers cannot be handed functions');
    expect(() => new DataLoader({ pipeline, batchSize: 1, transform: (sample) => sample })).toThrow(
      'beside a pipeline',
    );
    expect(() => new DataLoader({ pipeline, dataset, batchSize: 1 })).toThrow('has a dataset already');
    expect(() => new DataLoader({ batchSize: 1 })).toThrow('needs a dataset');
    expect(() => new DataLoader({ pipeline, batchSize: 1, workers: -1 })).toThrow('workers must be 0');
    expect(() => new DataLoader({ pipeline, batchSize: 1, readAhead: 0 })).toThrow('readAhead must be');
    expect(() => new DataLoader({ pipeline, batchSize: 1, timeout: 0 })).toThrow('timeout must be');
  });
});
