import { ArgumentError } from '@delira/core';
import { type ConfusionMatrix, confusionMatrix, type ConfusionMatrixOptions } from './ConfusionMatrix.js';
import type { Metric } from './Metric.js';

type State = readonly number[];

export interface ClassScoreOptions extends ConfusionMatrixOptions {
  /**
   * How the classes' scores become one number: `'macro'`, their mean over the classes that occur; `'weighted'`, by how often they occur;
   * `'micro'`, of all samples together; or the number of one class, whose score is taken. Default `'macro'`; scikit-learn's for two classes is 1.
   */
  readonly average?: 'macro' | 'weighted' | 'micro' | number;
}

export interface FBetaOptions extends ClassScoreOptions {
  /** How many times as much recall counts as precision; default 1. */
  readonly beta?: number;
}

/** Correct predictions of a class, and how often it was predicted and was true. */
interface Counts {
  readonly correct: number;
  readonly predicted: number;
  readonly expected: number;
}

/** Of the samples predicted as a class, the share that are of it; 0 where it was never predicted. Equals scikit-learn's `precision_score`. */
export function precision(options: ClassScoreOptions): Metric<State> {
  return classScore('precision', options, ({ correct, predicted }) => share(correct, predicted));
}

/** Of the samples of a class, the share that were predicted as it; 0 where there are none. Equals scikit-learn's `recall_score`. */
export function recall(options: ClassScoreOptions): Metric<State> {
  return classScore('recall', options, ({ correct, expected }) => share(correct, expected));
}

/**
 * The weighted harmonic mean of precision and recall; of one class it is Dice. Equals scikit-learn's `fbeta_score`.
 *
 * @throws ArgumentError unless beta is a positive number.
 */
export function fBeta(options: FBetaOptions): Metric<State> {
  const { beta = 1 } = options;
  if (!(beta > 0) || !Number.isFinite(beta)) throw new ArgumentError(`beta must be a positive number, got ${beta}.`);
  return classScore(`f${beta}`, options, ({ correct, predicted, expected }) =>
    share((1 + beta ** 2) * correct, beta ** 2 * expected + predicted),
  );
}

/** `fBeta` with beta 1. */
export function f1(options: ClassScoreOptions): Metric<State> {
  return fBeta({ ...options, beta: 1 });
}

/** The mean recall of the classes that are there. Equals scikit-learn's `balanced_accuracy_score`. */
export function balancedAccuracy(options: ConfusionMatrixOptions): Metric<State> {
  return ofMatrix('balancedAccuracy', options, (matrix) => mean(matrix.recall.filter((value) => !Number.isNaN(value))));
}

/**
 * Matthews' correlation coefficient, for two classes or more: 1 if all is right, 0 for guessing. 0 as well if only one class was ever
 * predicted or is there. Equals scikit-learn's `matthews_corrcoef`.
 */
export function matthewsCorrelation(options: ConfusionMatrixOptions): Metric<State> {
  return ofMatrix('matthewsCorrelation', options, (matrix) => {
    const classes = countsOf(matrix);
    const { total } = matrix;
    if (total === 0) return NaN;
    const correct = sum(classes.map((each) => each.correct));
    const covariance = (left: 'predicted' | 'expected', right: 'predicted' | 'expected'): number =>
      total ** 2 - sum(classes.map((each) => each[left] * each[right]));
    const agreement = correct * total - sum(classes.map(({ predicted, expected }) => predicted * expected));
    return share(agreement, Math.sqrt(covariance('predicted', 'predicted') * covariance('expected', 'expected')));
  });
}

function classScore(name: string, options: ClassScoreOptions, score: (counts: Counts) => number): Metric<State> {
  const { average = 'macro', classes } = options;
  const count = typeof classes === 'number' ? classes : classes.length;
  if (typeof average === 'number' && !(Number.isInteger(average) && average >= 0 && average < count))
    throw new ArgumentError(`average is class ${average}, but the classes are 0 to ${count - 1}.`);
  return ofMatrix(name, options, (matrix) => {
    const all = countsOf(matrix);
    if (matrix.total === 0) return NaN;
    if (typeof average === 'number') return score(all[average]!);
    const total = (key: keyof Counts): number => sum(all.map((each) => each[key]));
    if (average === 'micro')
      return score({ correct: total('correct'), predicted: total('predicted'), expected: total('expected') });
    if (average === 'weighted') return sum(all.map((each) => score(each) * each.expected)) / matrix.total;
    return mean(all.filter(({ predicted, expected }) => predicted + expected > 0).map(score));
  });
}

function ofMatrix(
  name: string,
  options: ConfusionMatrixOptions,
  score: (matrix: ConfusionMatrix) => number,
): Metric<State> {
  const accumulator = confusionMatrix({ name, ...options });
  return { ...accumulator, better: 'higher', result: (state) => score(accumulator.result(state)) };
}

function countsOf({ counts }: ConfusionMatrix): readonly Counts[] {
  return counts.map((row, label) => ({
    correct: row[label]!,
    predicted: sum(counts.map((other) => other[label]!)),
    expected: sum(row),
  }));
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
