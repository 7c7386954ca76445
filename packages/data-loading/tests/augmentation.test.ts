import { InputError, type Sample } from '@delira/core';
import { RandomSampler } from '@delira/samplers';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type * as Package from '../src/index.js';

// Worker threads exist in the built package only.
const { CacheDataset, DataLoader, loadPipeline } = (await import('../dist/index.js' as string)) as typeof Package;

type Loader = InstanceType<typeof DataLoader>;
type Options = ConstructorParameters<typeof DataLoader>[0];

const module = new URL('./pipelines/augmentation.mjs', import.meta.url);
const loaders: Loader[] = [];

afterEach(async () => {
  await Promise.all(loaders.splice(0).map((loader) => loader.dispose()));
});

const create = async (options: object, rest: Partial<Options> = {}): Promise<Loader> => {
  const pipeline = await loadPipeline({ module, options });
  const loader = new DataLoader({ batchSize: 2, seed: 3, workers: 2, pipeline, ...rest });
  loaders.push(loader);
  return loader;
};

const collect = async (loader: Loader, epoch = 0): Promise<unknown> => {
  const batches: unknown[] = [];
  for await (const { sample, indices } of loader.epoch(epoch)) batches.push([indices, sample]);
  return batches;
};

const NAMES = ['crop', 'spatial', 'noise', 'blur', 'intensity', 'mirror', 'resize'] as const;

describe('augmentation in workers', () => {
  it('gives the same voxels in the same order for any number of workers, in every epoch', async () => {
    const sampler = new RandomSampler(9, { seed: 3 });
    const alone = await create({}, { workers: 0, sampler });
    const expected = [await collect(alone, 0), await collect(alone, 1)];
    expect(expected[1]).not.toEqual(expected[0]);
    for (const workers of [1, 2, 8]) {
      const loader = await create({}, { workers, sampler });
      expect([await collect(loader, 0), await collect(loader, 1)]).toEqual(expected);
    }
  });

  it('does so for any chain, batch size and read-ahead, whoever reads the samples', async () => {
    const shuffled = fc.shuffledSubarray([...NAMES].filter((name) => name !== 'crop'));
    await fc.assert(
      fc.asyncProperty(
        shuffled,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        async (names, batchSize, readAhead, workers, own) => {
          const { dataset } = await loadPipeline({ module });
          const data = own ? {} : { dataset: await CacheDataset.from(dataset!, { shared: true, progress: false }) };
          const expected = await collect(await create({ names, own }, { ...data, batchSize, workers: 0 }));
          const actual = await collect(await create({ names, own }, { ...data, batchSize, readAhead, workers }));
          expect(actual).toEqual(expected);
        },
      ),
      { seed: 2, numRuns: 6 },
    );
  });

  it('reports the sample, the transform, and what it drew', async () => {
    const messages: string[] = [];
    for (const workers of [0, 2]) {
      const loader = await create({ fail: 5 }, { workers });
      const error: unknown = await collect(loader).catch((reason: unknown) => reason);
      if (!(error instanceof InputError)) throw new Error('The epoch did not fail.');
      messages.push(error.message);
    }
    expect(messages[0]).toMatch(
      /^The transform failed on sample 5: Fragile\(\{"angle":\d+\}\) failed: the image is empty$/,
    );
    expect(messages[1]).toBe(messages[0]);
  });

  it('tries the batch again, to the same voxels, when its worker dies', async () => {
    const expected = await collect(await create({}, { workers: 0 }));
    const flag = new Int32Array(new SharedArrayBuffer(4));
    expect(await collect(await create({ exitOnce: { index: 4, flag } }))).toEqual(expected);
    expect(flag[0]).toBe(1);
  });

  it('makes nothing while nobody takes batches, and no more than the memory limit lets it', async () => {
    const asked: number[] = [];
    const { dataset } = await loadPipeline({ module });
    const counted = {
      length: 9,
      get: (index: number): Sample | Promise<Sample> => {
        asked.push(index);
        return dataset!.get(index);
      },
    };
    // A batch of one sample: 6³ voxels of four bytes in the image and in the mask, and its index.
    const bytes = 2 * 4 * 6 ** 3 + 4;
    const options = { dataset: counted, batchSize: 1, readAhead: 4, memoryLimit: 3 * bytes };
    const batches = (await create({ own: false }, options)).epoch(0);
    await batches.next();
    await batches.next();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asked).toEqual([0, 1, 2, 3]);
    await batches.return();
  });
});
