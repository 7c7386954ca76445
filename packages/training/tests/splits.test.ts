import { ArrayDataset, CacheDataset, type Dataset, LazyDataset } from '@delira/data-loading';
import { zeros } from '@delira/core';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kfoldIndices, stratifiedKfoldIndices } from '../src/index.js';
import { splitDataset } from '../src/experiment/splitDataset.js';

interface Recorded {
  readonly plain: readonly { readonly length: number; readonly folds: number; readonly tests: number[][] }[];
  readonly stratified: readonly { readonly targets: number[]; readonly folds: number; readonly tests: number[][] }[];
}
/** Of scikit-learn; see tools/interop/python/fixtures/splits.py. */
const recorded = JSON.parse(readFileSync(new URL('./fixtures/splits.json', import.meta.url), 'utf8')) as Recorded;

const range = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);
const sorted = (indices: readonly number[]): readonly number[] => [...indices].sort((a, b) => a - b);

describe('folds', () => {
  it('without shuffling are scikit-learn’s', () => {
    for (const { length, folds, tests } of recorded.plain) expect(kfoldIndices(length, { folds })).toEqual(tests);
  });

  it('stratified, without shuffling, are scikit-learn’s', () => {
    for (const { targets, folds, tests } of recorded.stratified)
      expect(stratifiedKfoldIndices(targets, { folds })).toEqual(tests);
  });

  it('shuffled depend on the seed alone, and hold other neighbours', () => {
    const shuffled = kfoldIndices(30, { folds: 3, shuffle: true, seed: 1 });
    expect(shuffled).toEqual(kfoldIndices(30, { folds: 3, shuffle: true, seed: 1 }));
    expect(shuffled).not.toEqual(kfoldIndices(30, { folds: 3, shuffle: true, seed: 2 }));
    expect(shuffled).not.toEqual(kfoldIndices(30, { folds: 3 }));
  });

  it('that are none, or too many, are refused', () => {
    for (const folds of [1, 0, -2, 1.5, NaN, 11]) expect(() => kfoldIndices(10, { folds })).toThrow(/2 to 10/);
    expect(() => stratifiedKfoldIndices([0, 0, 1, 1, 2], { folds: 3 })).toThrow(
      '3 folds cannot be stratified: the largest class has 2 samples.',
    );
  });
});

describe('splits', () => {
  const cases = fc.record({
    targets: fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 12, maxLength: 60 }),
    folds: fc.integer({ min: 2, max: 5 }),
    shuffle: fc.boolean(),
    stratify: fc.boolean(),
    valSize: fc.constantFrom(0, 0.2, 2),
    seed: fc.nat(),
  });

  it('test every sample once, and put none into two sets', () => {
    fc.assert(
      fc.property(cases, ({ targets, folds, shuffle, stratify, valSize, seed }) => {
        const largest = Math.max(...range(4).map((at) => targets.filter((target) => target === at - 1).length));
        fc.pre(!stratify || folds <= largest);
        const dataset: Dataset = { length: targets.length, targets, get: () => ({}) };
        const splits = splitDataset(dataset, { folds, shuffle, stratify, valSize, seed });
        expect(splits).toHaveLength(folds);
        expect(sorted(splits.flatMap(({ test }) => test))).toEqual(range(targets.length));
        for (const { train, val, test } of splits) {
          expect(sorted([...train, ...val, ...test])).toEqual(range(targets.length));
          const rest = train.length + val.length;
          expect(val).toHaveLength(valSize < 1 ? Math.ceil(valSize * rest) : valSize);
          expect([train, val, test].map(sorted)).toEqual([train, val, test]);
        }
        // Nearly equal parts; stratified ones of every class.
        const spread = (sizes: readonly number[]): number => Math.max(...sizes) - Math.min(...sizes);
        expect(spread(splits.map(({ test }) => test.length))).toBeLessThanOrEqual(1);
        if (!stratify) return;
        for (const target of new Set(targets))
          expect(
            spread(splits.map(({ test }) => test.filter((index) => targets[index] === target).length)),
          ).toBeLessThanOrEqual(1);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('of the same seed are the same', () => {
    const dataset = new ArrayDataset({ data: zeros([20, 2]) });
    const options = { folds: 4, shuffle: true, stratify: false, valSize: 0.25, seed: 3 };
    expect(splitDataset(dataset, options)).toEqual(splitDataset(dataset, options));
    expect(splitDataset(dataset, options)).not.toEqual(splitDataset(dataset, { ...options, seed: 4 }));
  });

  it('stratified take the labels of samples in memory, where nothing else says the classes', () => {
    const labels = Int32Array.from({ length: 12 }, (_, index) => index % 3);
    const options = { folds: 2, shuffle: true, stratify: true, valSize: 0.5, seed: 1 };
    const label = (value: number) => ({ label: { dtype: 'int32', shape: [], data: Int32Array.of(value) } }) as const;
    const cached = new CacheDataset(Array.from(labels, label));
    expect(splitDataset(cached, options)).toEqual(
      splitDataset(new CacheDataset(Array.from(labels, label), labels), options),
    );
    const maps = new CacheDataset(Array.from(labels, () => ({ label: zeros([2], 'int32') })));
    for (const unclear of [maps, new LazyDataset({ entries: [...labels], load: label })])
      expect(() => splitDataset(unclear, options)).toThrow('Stratified folds need dataset.targets');
  });
});
