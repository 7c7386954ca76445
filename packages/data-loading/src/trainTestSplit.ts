import { ArgumentError, createRng, InputError, permutation, type Rng } from '@delira/core';
import type { Dataset } from './datasets/Dataset.js';
import { Subset } from './datasets/Subset.js';

export interface TrainTestSplitOptions {
  /** A fraction of the dataset, below 1 (rounded up, as scikit-learn does), or a number of samples; default 0.25. */
  readonly testSize?: number;
  /** Default 0. */
  readonly seed?: number;
  /** `false` keeps the order: the last samples become the test set. Default `true`. */
  readonly shuffle?: boolean;
  /** Keeps the proportions of the dataset's `targets` in both parts; needs `shuffle`. Default `false`. */
  readonly stratify?: boolean;
}

export interface TrainTestSplit {
  readonly train: Subset;
  readonly test: Subset;
}

/**
 * Splits a dataset into two views.
 *
 * @throws ArgumentError when either part would be empty, or the options do not go together.
 * @throws InputError when `stratify` is set and the dataset has no `targets`.
 */
export function trainTestSplit(dataset: Dataset, options: TrainTestSplitOptions = {}): TrainTestSplit {
  const { testSize = 0.25, seed = 0, shuffle = true, stratify = false } = options;
  const { length } = dataset;
  const testCount = testSize < 1 ? Math.ceil(testSize * length) : testSize;
  if (!Number.isInteger(testCount) || testCount < 1 || testCount >= length) {
    throw new ArgumentError(
      `testSize ${testSize} does not split ${length} samples into two parts. Use a fraction between 0 and 1, or a number from 1 to ${length - 1}.`,
    );
  }
  if (stratify && !shuffle)
    throw new ArgumentError('A stratified split chooses at random: it cannot be combined with shuffle: false.');
  const rng = createRng(seed).fork('split');
  const test = new Set(
    stratify ? stratified(dataset, testCount, rng) : unstratified(length, testCount, shuffle ? rng : null),
  );
  const order = shuffle ? permutation(length, rng.fork('order')) : Int32Array.from({ length }, (_, index) => index);
  return {
    train: new Subset(
      dataset,
      [...order].filter((index) => !test.has(index)),
    ),
    test: new Subset(
      dataset,
      [...order].filter((index) => test.has(index)),
    ),
  };
}

function unstratified(length: number, testCount: number, rng: Rng | null): Iterable<number> {
  if (rng === null) return Array.from({ length: testCount }, (_, position) => length - testCount + position);
  return permutation(length, rng.fork('choice')).subarray(0, testCount);
}

/** Each class gives its exact share rounded down; the classes with the largest remainders give one more until the total is right. */
function stratified(dataset: Dataset, testCount: number, rng: Rng): readonly number[] {
  const { length, targets } = dataset;
  if (targets === undefined)
    throw new InputError(
      'A stratified split needs dataset.targets, the class of each sample. Add them, or leave out stratify.',
    );
  const members = new Map<number, number[]>();
  for (let index = 0; index < length; index++) {
    const target = targets[index]!;
    const group = members.get(target);
    if (group === undefined) members.set(target, [index]);
    else group.push(index);
  }
  const classes = [...members]
    .sort(([a], [b]) => a - b)
    .map(([target, group]) => ({
      target,
      group,
      share: Math.floor((group.length * testCount) / length),
      remainder: (group.length * testCount) % length,
    }));
  const missing = testCount - classes.reduce((sum, { share }) => sum + share, 0);
  const rounded = new Set(
    [...classes].sort((a, b) => b.remainder - a.remainder || a.target - b.target).slice(0, missing),
  );
  return classes.flatMap((each) => {
    const order = permutation(each.group.length, rng.fork('class', each.target));
    return [...order.subarray(0, each.share + (rounded.has(each) ? 1 : 0))].map((position) => each.group[position]!);
  });
}
