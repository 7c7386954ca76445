import { ArgumentError, createRng, permutation } from '@delira/core';

export interface KFoldIndicesOptions {
  /** How many parts; at least 2, at most the number of samples. */
  readonly folds: number;
  /** Puts samples into parts at random; default false: neighbours stay together. */
  readonly shuffle?: boolean;
  /** Default 0; of no effect without `shuffle`. */
  readonly seed?: number;
}

/**
 * Splits the indices 0 to `length` − 1 into parts of nearly equal size, the larger ones first; equal to scikit-learn's `KFold`. Each part is in
 * ascending order.
 *
 * @throws ArgumentError for a number of folds that is none, or too many.
 */
export function kfoldIndices(length: number, options: KFoldIndicesOptions): readonly (readonly number[])[] {
  const { folds, shuffle = false, seed = 0 } = options;
  checkFolds(folds, length);
  const order = shuffle
    ? permutation(length, createRng(seed).fork('kfold'))
    : Int32Array.from({ length }, (_, index) => index);
  const smaller = Math.floor(length / folds);
  const larger = length % folds;
  return Array.from({ length: folds }, (_, fold) => {
    const start = fold * smaller + Math.min(fold, larger);
    return [...order.subarray(start, start + smaller + (fold < larger ? 1 : 0))].sort((a, b) => a - b);
  });
}

/**
 * As `kfoldIndices`, with nearly the same share of each class in every part; without `shuffle` equal to scikit-learn's `StratifiedKFold`.
 *
 * @param targets the class of each sample.
 * @throws ArgumentError for a number of folds that is none, or larger than every class.
 */
export function stratifiedKfoldIndices(
  targets: ArrayLike<number>,
  options: KFoldIndicesOptions,
): readonly (readonly number[])[] {
  const { folds, shuffle = false, seed = 0 } = options;
  const { length } = targets;
  checkFolds(folds, length);
  const classes = new Map<number, number[]>();
  for (let index = 0; index < length; index++) {
    const members = classes.get(targets[index]!);
    if (members === undefined) classes.set(targets[index]!, [index]);
    else members.push(index);
  }
  const largest = Math.max(...[...classes.values()].map((members) => members.length));
  if (folds > largest)
    throw new ArgumentError(
      `${folds} folds cannot be stratified: the largest class has ${largest} samples. Use at most ${largest} folds, or kfold().`,
    );

  const rng = createRng(seed).fork('stratifiedKfold');
  const parts = Array.from({ length: folds }, (): number[] => []);
  let before = 0;
  for (const [target, members] of classes) {
    // As if the samples, sorted by class, were dealt out like cards: what is left over of one class does not all go to the first part.
    const shares = parts.map((_, fold) => dealt(before, before + members.length, fold, folds));
    before += members.length;
    const order = shuffle ? permutation(members.length, rng.fork(target)) : null;
    let next = 0;
    shares.forEach((share, fold) => {
      for (let count = 0; count < share; count++) parts[fold]!.push(members[order === null ? next++ : order[next++]!]!);
    });
  }
  return parts.map((part) => part.sort((a, b) => a - b));
}

/** How many of the positions from `start` to `end` are dealt to a part. */
function dealt(start: number, end: number, fold: number, folds: number): number {
  const upTo = (position: number): number => Math.ceil((position - fold) / folds);
  return Math.max(0, upTo(end)) - Math.max(0, upTo(start));
}

function checkFolds(folds: number, length: number): void {
  if (Number.isSafeInteger(folds) && folds >= 2 && folds <= length) return;
  throw new ArgumentError(`${length} samples cannot be split into ${folds} folds. Use a number from 2 to ${length}.`);
}
