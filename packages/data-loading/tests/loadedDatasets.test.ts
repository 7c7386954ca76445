import { ArgumentError, InputError, ndarray, type Sample } from '@delira/core';
import { ProgressBar } from '@delira/logging';
import { describe, expect, it } from 'vitest';
import { ArrayDataset, CacheDataset, ConcatDataset, ExtendCacheDataset, LazyDataset, Subset } from '../src/index.js';

const sample = (value: number): Sample => ({ data: ndarray([value, value], [2]) });
const valueOf = async (loaded: Sample | Promise<Sample>): Promise<number | undefined> =>
  (await loaded)['data']?.data[0];

describe('LazyDataset', () => {
  it('loads a sample each time it is asked for', async () => {
    const loads: string[] = [];
    const dataset = new LazyDataset({
      entries: ['a', 'bb', 'ccc'],
      load: (entry) => {
        loads.push(entry);
        return sample(entry.length);
      },
      targets: [4, 5, 6],
    });
    expect([dataset.length, dataset.targets]).toEqual([3, [4, 5, 6]]);
    expect(loads).toEqual([]);
    expect(await valueOf(dataset.get(2))).toBe(3);
    expect(await valueOf(dataset.get(2))).toBe(3);
    expect(loads).toEqual(['ccc', 'ccc']);
  });

  it('names the entry that cannot be loaded', async () => {
    const dataset = new LazyDataset({
      entries: [{ image: 'scan 1.nii' }],
      load: () => {
        throw new Error('no such file');
      },
    });
    await expect(dataset.get(0)).rejects.toThrow(InputError);
    await expect(dataset.get(0)).rejects.toThrow('Entry 0 ({"image":"scan 1.nii"}) could not be loaded: no such file');
    await expect(dataset.get(1)).rejects.toThrow(ArgumentError);
  });

  it('takes one target per entry', () => {
    expect(() => new LazyDataset({ entries: [1, 2], load: sample, targets: [1] })).toThrow(
      'got 1 targets for 2 samples',
    );
  });
});

describe('CacheDataset', () => {
  it('loads every entry once, in order, and gives the same arrays every time', async () => {
    const loads: number[] = [];
    const dataset = await CacheDataset.load({
      entries: [30, 10, 20],
      load: async (entry) => {
        loads.push(entry);
        await new Promise((resolve) => setTimeout(resolve, entry / 10));
        return sample(entry);
      },
      targets: [1, 2, 3],
      progress: false,
    });
    expect([dataset.length, dataset.bytes, dataset.targets]).toEqual([3, 24, [1, 2, 3]]);
    expect(await valueOf(dataset.get(0))).toBe(30);
    expect(dataset.get(1)).toBe(dataset.get(1));
    expect(loads).toEqual([30, 10, 20]);
    expect(() => dataset.get(3)).toThrow(ArgumentError);
  });

  it('shows how far it is', async () => {
    let text = '';
    const progress = new ProgressBar({ stream: { write: (part: string) => (text += part) } });
    await CacheDataset.load({ entries: [1, 2], load: sample, progress });
    expect(text).toContain('Loading samples  100%  2/2');
  });

  it('keeps the memory limit, and stops loading there', async () => {
    const loads: number[] = [];
    const loading = CacheDataset.load({
      entries: [1, 2, 3, 4, 5],
      load: (entry) => {
        loads.push(entry);
        return sample(entry);
      },
      memoryLimit: 17,
      progress: false,
      concurrency: 1,
    });
    await expect(loading).rejects.toThrow('3 of 5 entries take 24 bytes, but memoryLimit is 17');
    expect(loads).toEqual([1, 2, 3]);
  });

  it('names the entry that cannot be loaded', async () => {
    const load = (entry: number): Sample => {
      if (entry === 7) throw new Error('cut off');
      return sample(entry);
    };
    await expect(CacheDataset.load({ entries: [6, 7], load, progress: false })).rejects.toThrow(
      'Entry 1 (7) could not be loaded: cut off',
    );
  });

  it('holds another dataset, with its targets', async () => {
    const source = new ArrayDataset({ data: ndarray([1, 2, 3, 4], [2, 2]), label: ndarray([0, 1], [2], 'int32') });
    const dataset = await CacheDataset.from(source, { progress: false });
    expect([...Array.from(dataset.targets!)]).toEqual([0, 1]);
    expect(dataset.get(1)['data']).toEqual(ndarray([3, 4], [2]));
  });
});

it('ExtendCacheDataset holds several samples of each entry', async () => {
  const load = (entry: number): Sample[] => Array.from({ length: entry }, (_, slice) => sample(10 * entry + slice));
  const dataset = await ExtendCacheDataset.load({ entries: [2, 0, 1], load, progress: false });
  expect(dataset.length).toBe(3);
  expect(await Promise.all([0, 1, 2].map((index) => valueOf(dataset.get(index))))).toEqual([20, 21, 10]);
});

describe('ConcatDataset', () => {
  const dataset = (values: readonly number[], targets?: readonly number[]): CacheDataset =>
    new CacheDataset(values.map(sample), targets);

  it('puts one dataset after the other', async () => {
    const joined = new ConcatDataset([dataset([1, 2], [0, 0]), dataset([]), new Subset(dataset([3, 4], [5, 6]), [1])]);
    expect([joined.length, joined.targets]).toEqual([3, [0, 0, 6]]);
    expect(await Promise.all([0, 1, 2].map((index) => valueOf(joined.get(index))))).toEqual([1, 2, 4]);
    expect(() => joined.get(3)).toThrow('There is no sample 3 in the datasets');
    expect(() => joined.get(-1)).toThrow(ArgumentError);
  });

  it('has targets only when all of them do, and takes any iterable', () => {
    expect(new ConcatDataset(new Set([dataset([1], [0]), dataset([2])])).targets).toBeUndefined();
  });

  it('refuses what is no dataset', () => {
    expect(() => new ConcatDataset([])).toThrow('at least one dataset');
    // @ts-expect-error plain JavaScript can pass anything
    expect(() => new ConcatDataset([dataset([1]), 5])).toThrow('Number 1 of the datasets is none');
  });
});
