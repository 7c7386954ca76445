import { ArgumentError, InputError } from '@delira/core';
import { CacheDataset, type Dataset, Subset, trainTestSplit } from '@delira/data-loading';
import { kfoldIndices, stratifiedKfoldIndices } from './kfoldIndices.js';

/** Which samples a fold trains on, selects its best state by, and is judged by. No sample is in two of them. */
export interface Split {
  readonly train: readonly number[];
  /** Taken from what is not tested: a test set must not choose what it judges. */
  readonly val: readonly number[];
  readonly test: readonly number[];
}

export interface SplitOptions {
  readonly folds: number;
  readonly shuffle: boolean;
  readonly stratify: boolean;
  /** A share of what is not tested, below 1, or a number of samples; 0 for none. */
  readonly valSize: number;
  readonly seed: number;
}

/**
 * One split for each fold. Every sample is tested once.
 *
 * @throws ArgumentError when there are not enough samples.
 * @throws InputError when `stratify` is set and the class of each sample is not known: no `targets`, nor labels in memory.
 */
export function splitDataset(dataset: Dataset, options: SplitOptions): readonly Split[] {
  const { folds, shuffle, stratify, valSize, seed } = options;
  const { length } = dataset;
  const targets = stratify ? targetsOf(dataset) : undefined;
  if (!(valSize >= 0))
    throw new ArgumentError(`valSize is ${valSize}; it must be 0, a share below 1, or a number of samples.`);
  if (stratify && targets === undefined)
    throw new InputError(
      'Stratified folds need dataset.targets, the class of each sample, which this dataset does not have. Give it them (datasets of this library take the option targets), or use kfold().',
    );
  // Its parts know their targets then, too.
  const known: Dataset = targets === undefined ? dataset : { length, targets, get: (index) => dataset.get(index) };
  const tests = stratify
    ? stratifiedKfoldIndices(targets!, { folds, shuffle, seed })
    : kfoldIndices(length, { folds, shuffle, seed });
  return tests.map((test) => {
    const tested = new Set(test);
    const rest = Array.from({ length }, (_, index) => index).filter((index) => !tested.has(index));
    if (valSize === 0) return { train: rest, val: [], test };
    const parts = trainTestSplit(new Subset(known, rest), { testSize: valSize, stratify, seed });
    const indices = (part: Subset): readonly number[] =>
      part.indices.map((position) => rest[position]!).sort((a, b) => a - b);
    return { train: indices(parts.train), val: indices(parts.test), test };
  });
}

/** Those that the dataset says, or the labels of samples in memory, where each is one whole number. */
function targetsOf(dataset: Dataset): ArrayLike<number> | undefined {
  const { length, targets } = dataset;
  if (targets !== undefined || !(dataset instanceof CacheDataset)) return targets;
  const labels = Array.from({ length }, (_, index) => dataset.get(index)['label']);
  return labels.every((label) => label?.data.length === 1 && Number.isInteger(label.data[0]))
    ? labels.map((label) => label!.data[0]!)
    : undefined;
}
