import { ArgumentError, InputError, ndarray, ShapeError } from '@delira/core';
import { ArrayDataset, type Dataset, Subset, trainTestSplit } from '../src/index.js';
import { describe, expect, it } from 'vitest';

const data = ndarray([0, 1, 10, 11, 20, 21], [3, 2]);
const label = ndarray([7, 8, 9], [3], 'int32');

describe('ArrayDataset', () => {
  it('gives rows as views of the arrays', () => {
    const sample = new ArrayDataset({ data, label }).get(1);
    expect(sample).toEqual({ data: ndarray([10, 11], [2]), label: ndarray([8], [], 'int32') });
    expect(sample['data']!.data.buffer).toBe(data.data.buffer);
  });

  it('knows the targets without loading', () => {
    expect(new ArrayDataset({ data, label }).targets).toEqual(label.data);
    expect(new ArrayDataset({ data, kind: label }, { targetKey: 'kind' }).targets).toEqual(label.data);
    expect(new ArrayDataset({ data }).targets).toBeUndefined();
    expect(new ArrayDataset({ label: data }).targets).toBeUndefined();
  });

  it('refuses arrays that do not go together', () => {
    expect(() => new ArrayDataset({})).toThrow(ArgumentError);
    expect(() => new ArrayDataset({ data, label: ndarray([1], [1]) })).toThrow(
      new ShapeError('Array "data" has 3 rows, array "label" 1. Every array needs one row per sample.'),
    );
    expect(() => new ArrayDataset({ data: ndarray([1], []) })).toThrow(ShapeError);
    expect(() => new ArrayDataset({ data }, { targetKey: 'kind' })).toThrow(
      'There is no array "kind" to take targets from. Arrays: data.',
    );
    expect(() => new ArrayDataset({ data }, { targetKey: 'data' })).toThrow('rows of "data" have shape [2]');
  });

  it.each([-1, 3, 0.5, Number.NaN])('has no sample %d', (index) => {
    expect(() => new ArrayDataset({ data }).get(index)).toThrow(
      new ArgumentError(`There is no sample ${index} in the dataset: expected an integer from 0 to 2.`),
    );
  });
});

describe('Subset', () => {
  const whole = new ArrayDataset({ data, label });

  it('is a view in its own order, and may be nested', async () => {
    const outer = new Subset(whole, [2, 0, 2]);
    expect(outer.length).toBe(3);
    expect(outer.targets).toEqual([9, 7, 9]);
    expect(await outer.get(0)).toEqual(whole.get(2));
    expect(await new Subset(outer, [1]).get(0)).toEqual(whole.get(0));
  });

  it('checks indices when it is made, and when it is asked', () => {
    expect(() => new Subset(whole, [0, 3])).toThrow('There is no sample 3 in the parent dataset');
    expect(() => new Subset(whole, [0]).get(1)).toThrow('There is no sample 1 in the subset');
  });
});

describe('trainTestSplit', () => {
  const numbered = (targets: readonly number[]): Dataset => ({
    length: targets.length,
    targets,
    get: (index) => ({ data: ndarray([index], [1]) }),
  });
  const ten = numbered([0, 0, 0, 0, 0, 0, 1, 1, 2, 2]);
  const sorted = (subset: Subset): number[] => [...subset.indices].sort((a, b) => a - b);

  it('puts every sample into one of the parts', () => {
    const { train, test } = trainTestSplit(ten);
    expect([train.length, test.length]).toEqual([7, 3]);
    expect([...train.indices, ...test.indices].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(sorted(train)).not.toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('depends on the seed alone', () => {
    expect(trainTestSplit(ten, { seed: 3 }).test.indices).toEqual(trainTestSplit(ten, { seed: 3 }).test.indices);
    expect(trainTestSplit(ten, { seed: 3 }).test.indices).not.toEqual(trainTestSplit(ten, { seed: 4 }).test.indices);
  });

  it('takes a count, and keeps the order when asked', () => {
    const { train, test } = trainTestSplit(ten, { testSize: 4, shuffle: false });
    expect(train.indices).toEqual([0, 1, 2, 3, 4, 5]);
    expect(test.indices).toEqual([6, 7, 8, 9]);
  });

  it('keeps the proportions of the classes', () => {
    const { train, test } = trainTestSplit(ten, { testSize: 0.5, stratify: true });
    expect([...(test.targets as number[])].sort()).toEqual([0, 0, 0, 1, 2]);
    expect([...(train.targets as number[])].sort()).toEqual([0, 0, 0, 1, 2]);
  });

  it('gives what is left over to the largest remainders, then to the lower class', () => {
    const classesOf = (targets: readonly number[], testSize: number): number[] =>
      [...(trainTestSplit(numbered(targets), { testSize, stratify: true }).test.targets as number[])].sort();
    // Shares of 2, 1.2 and 0.8.
    expect(classesOf([0, 0, 0, 0, 0, 1, 1, 1, 2, 2], 4)).toEqual([0, 0, 1, 2]);
    // Shares of 1.8, 0.6 and 0.6.
    expect(classesOf([0, 0, 0, 0, 0, 0, 1, 1, 2, 2], 3)).toEqual([0, 0, 1]);
  });

  it('refuses what cannot be split', () => {
    expect(() => trainTestSplit(ten, { testSize: 10 })).toThrow(ArgumentError);
    expect(() => trainTestSplit(ten, { testSize: 0 })).toThrow(ArgumentError);
    expect(() => trainTestSplit(ten, { testSize: 2.5 })).toThrow(ArgumentError);
    expect(() => trainTestSplit(ten, { stratify: true, shuffle: false })).toThrow(ArgumentError);
    expect(() => trainTestSplit(new ArrayDataset({ data }), { stratify: true })).toThrow(InputError);
  });
});
