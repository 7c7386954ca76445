import { ArgumentError, InputError, type NDArray } from '@delira/core';
import { targetClasses } from './classIndices.js';
import { entryOf } from './entryOf.js';
import type { Metric } from './Metric.js';

export interface RankingOptions {
  /** How many classes there are: 2, also for a single score per sample, or more. Default 2. */
  readonly classes?: number;
  /** What scores of more than two classes are; logits go through a softmax, since only that ranks samples. Default `'logits'`. */
  readonly scores?: 'logits' | 'probabilities';
  /** The mean over the classes, each against the rest, or the number of the class that is taken. Default `'macro'`; for two classes, class 1. */
  readonly average?: 'macro' | number;
  /** Name of the network's output; default `'pred'`. */
  readonly prediction?: string;
  /** Name of the batch's entry; default `'label'`. */
  readonly target?: string;
  readonly name?: string;
}

/** All scores, one list for each batch: sample by sample, one score for each class that counts. Grows with the set. */
export interface RankingState {
  readonly scores: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
}

/** Samples of a class, best score first; equal scores together. */
interface Tie {
  readonly positives: number;
  readonly negatives: number;
}

/**
 * Area under the receiver operating characteristic: how likely a sample of the class has a higher score than one of the rest, equal ones
 * counting half. Takes scores `[N]`, `[N, 1]` or `[N, C]`, with pixels `[N, C, ...spatial]`. NaN where a class has no sample, or nothing but
 * samples. Equals scikit-learn's `roc_auc_score` with `multi_class='ovr'`. Its state holds all scores.
 *
 * `update` throws InputError for scores that are NaN, and labels outside of the classes.
 *
 * @throws ArgumentError
 */
export function auroc(options: RankingOptions = {}): Metric<RankingState> {
  return ranking('auroc', options, (ties, positives, negatives) => {
    let seen = 0;
    let area = 0;
    for (const tie of ties) {
      area += tie.negatives * (seen + tie.positives / 2);
      seen += tie.positives;
    }
    return area / (positives * negatives);
  });
}

/**
 * Average precision: the mean of the precisions at each score, weighted by the recall they add. Equals scikit-learn's
 * `average_precision_score`; NaN where a class has no sample. Otherwise as `auroc`.
 *
 * @throws ArgumentError
 */
export function averagePrecision(options: RankingOptions = {}): Metric<RankingState> {
  return ranking('averagePrecision', options, (ties, positives) => {
    let [found, seen, score] = [0, 0, 0];
    for (const tie of ties) {
      found += tie.positives;
      seen += tie.positives + tie.negatives;
      score += (tie.positives / positives) * (found / seen);
    }
    return score;
  });
}

function ranking(
  defaultName: string,
  options: RankingOptions,
  score: (ties: readonly Tie[], positives: number, negatives: number) => number,
): Metric<RankingState> {
  const { classes = 2, average = 'macro', prediction = 'pred', target = 'label', name = defaultName } = options;
  if (!Number.isInteger(classes) || classes < 2)
    throw new ArgumentError(`${name} needs at least 2 classes, got ${classes}.`);
  if (average !== 'macro' && !(Number.isInteger(average) && average >= 0 && average < classes))
    throw new ArgumentError(`average is class ${average}, but the classes are 0 to ${classes - 1}.`);
  const width = classes === 2 ? 1 : classes;
  return {
    name,
    better: 'higher',
    needs: [prediction],
    init: () => ({ scores: [], targets: [] }),
    update(state, output, batch) {
      const array = entryOf(output, prediction, name, 'outputs');
      const scores = scoresOf(array, name, { classes, isLogits: (options.scores ?? 'logits') === 'logits' });
      const targets = targetClasses(entryOf(batch, target, name, 'batch'), array, scores.length / width);
      const foreign = targets.find((label) => label < 0 || label >= classes);
      if (foreign !== undefined)
        throw new InputError(
          `${name}: there is a target of class ${foreign}, but the metric was made for classes 0 to ${classes - 1}.`,
        );
      return { scores: [...state.scores, scores], targets: [...state.targets, [...targets]] };
    },
    result(state) {
      const targets = state.targets.flat();
      const scores = state.scores.flat();
      const ofClass = (label: number): number => {
        const column = classes === 2 ? 0 : label;
        const sign = classes === 2 && label === 0 ? -1 : 1;
        const values = targets.map((_, row) => sign * scores[row * width + column]!);
        const isPositive = targets.map((each) => each === label);
        const positives = isPositive.filter(Boolean).length;
        if (positives === 0) return NaN;
        return score(tiesOf(values, isPositive), positives, targets.length - positives);
      };
      if (average !== 'macro') return ofClass(average);
      if (classes === 2) return ofClass(1);
      const all = Array.from({ length: classes }, (_, label) => ofClass(label));
      return all.reduce((sum, value) => sum + value, 0) / classes;
    },
  };
}

/** Numbers that rank the samples: one each for two classes, else one for each class. */
function scoresOf(
  { data, shape }: NDArray,
  name: string,
  { classes, isLogits }: { readonly classes: number; readonly isLogits: boolean },
): readonly number[] {
  const [rows = 0, channels = 1] = shape;
  if (channels !== classes && !(classes === 2 && channels === 1))
    throw new InputError(`${name}: there are scores of ${channels} classes, but the metric was made for ${classes}.`);
  const positions = rows === 0 ? 0 : data.length / rows / channels;
  const scores: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let position = 0; position < positions; position++) {
      const of = (channel: number): number => data[(row * channels + channel) * positions + position]!;
      const sample = Array.from({ length: channels }, (_, channel) => of(channel));
      if (sample.some(Number.isNaN)) throw new InputError(`${name}: a score of sample ${row} of the batch is NaN.`);
      if (channels === 1) scores.push(sample[0]!);
      // For two classes the difference ranks as the softmax does, and as the probability of class 1 does.
      else if (classes === 2) scores.push(sample[1]! - sample[0]!);
      else scores.push(...(isLogits ? softmax(sample) : sample));
    }
  }
  return scores;
}

function softmax(logits: readonly number[]): readonly number[] {
  const highest = Math.max(...logits);
  const exponentials = logits.map((logit) => Math.exp(logit - highest));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map((value) => value / total);
}

function tiesOf(scores: readonly number[], isPositive: readonly boolean[]): readonly Tie[] {
  const order = scores.map((_, index) => index).sort((a, b) => scores[b]! - scores[a]!);
  const ties: { positives: number; negatives: number }[] = [];
  order.forEach((index, position) => {
    if (position === 0 || scores[index] !== scores[order[position - 1]!]) ties.push({ positives: 0, negatives: 0 });
    ties.at(-1)![isPositive[index] === true ? 'positives' : 'negatives']++;
  });
  return ties;
}
