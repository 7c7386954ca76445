import { ArgumentError, ndarray } from '@delira/core';
import { PrevalenceSequentialSampler } from '@delira/samplers';
import { describe, expect, it } from 'vitest';
import { ArrayDataset, DataManager, type DataManagerOptions } from '../src/index.js';

const dataset = new ArrayDataset({
  data: ndarray([0, 1, 2, 3, 4, 5], [6, 1]),
  label: ndarray([0, 0, 0, 0, 1, 1], [6], 'int32'),
});
const options: DataManagerOptions = {
  dataset,
  batchSize: 2,
  sampler: ({ targets = [] }) => new PrevalenceSequentialSampler(targets, { batchSize: 2, shuffleBatch: false }),
  transform: (sample) => ({ data: ndarray([sample['data']!.data[0]! + 100], [1]) }),
};

const batchesOf = async (manager: DataManager): Promise<number[][]> => {
  const batches: number[][] = [];
  for await (const { sample } of (await manager.loader()).epoch(0)) batches.push([...sample['data']!.data]);
  return batches;
};

describe('DataManager', () => {
  it('makes a loader of its settings', async () => {
    expect(await batchesOf(new DataManager(options))).toEqual([
      [100, 104],
      [101, 105],
      [102, 104],
    ]);
  });

  it('takes the samples in order unless told otherwise', async () => {
    expect(await batchesOf(new DataManager({ dataset, batchSize: 4 }))).toEqual([
      [0, 1, 2, 3],
      [4, 5],
    ]);
  });

  it('keeps sampler, transform and batch size in a subset, and in a subset of that', async () => {
    const subset = new DataManager(options).getSubset([5, 3, 2, 0]);
    expect(await batchesOf(subset)).toEqual([
      [103, 105],
      [102, 105],
    ]);
    expect(await batchesOf(subset.getSubset([0, 1]))).toEqual([[105, 103]]);
  });

  it('changes settings in a new manager, and none when one of them is unknown', async () => {
    const manager = new DataManager({ dataset, batchSize: 3 });
    expect(await batchesOf(manager.updateState({ batchSize: 6 }))).toEqual([[0, 1, 2, 3, 4, 5]]);
    expect(manager.options.batchSize).toBe(3);
    // @ts-expect-error plain JavaScript can pass anything
    expect(() => manager.updateState({ batchSize: 1, batch_size: 1 })).toThrow(ArgumentError);
    // @ts-expect-error plain JavaScript can pass anything
    expect(() => manager.updateState({ batch_size: 1 })).toThrow('A DataManager has no option batch_size');
  });

  it('splits into two managers with its settings', async () => {
    const { train, test } = new DataManager(options).trainTestSplit({ testSize: 2, stratify: true, seed: 1 });
    expect([train.dataset.length, test.dataset.length]).toEqual([4, 2]);
    expect((await batchesOf(test)).flat().toSorted()).toHaveLength(2);
    expect((await batchesOf(train)).flat().every((value) => value >= 100)).toBe(true);
  });

  it('keeps the dataset to itself', () => {
    const pipeline = { dataset, source: { module: 'file:///pipeline.js', name: 'createPipeline', options: null } };
    expect(() => new DataManager({ ...options, pipeline })).toThrow('must have no dataset');
  });
});
