import { ArgumentError, InputError } from '@delira/core';
import { NO_CLASS, predictedClasses, targetClasses } from './classIndices.js';
import { entryOf } from './entryOf.js';
import type { Accumulator } from './Metric.js';

/** How often each class was taken for each other. */
export interface ConfusionMatrix {
  readonly classes: readonly string[];
  /** `counts[t][p]`: samples of class t that were predicted as class p. */
  readonly counts: readonly (readonly number[])[];
  readonly total: number;
  readonly accuracy: number;
  /** Of the samples predicted as class c, the share that are of class c; NaN when there are none. */
  readonly precision: readonly number[];
  /** Of the samples of class c, the share that were predicted as class c; NaN when there are none. */
  readonly recall: readonly number[];
}

export interface ConfusionMatrixOptions {
  /** How many classes there are, or their names in order. */
  readonly classes: number | readonly string[];
  /** Name of the network's output; default `'pred'`. */
  readonly prediction?: string;
  /** Name of the batch's entry; default `'label'`. */
  readonly target?: string;
  /** Where a single output turns from class 0 into class 1; default 0.5. Use 0 for logits. */
  readonly threshold?: number;
  /** Default `'confusion'`. */
  readonly name?: string;
}

/** Row-major counts, one row per true class. */
export type ConfusionMatrixState = readonly number[];

/**
 * Counts which class was predicted for which, over the whole set. Reads predictions and targets as `accuracy` does; rows are the true
 * classes and columns the predicted ones, as in scikit-learn's `confusion_matrix`.
 *
 * `update` throws InputError for a class that is not among `classes` and for NaN predictions.
 *
 * @throws ArgumentError for fewer than two classes.
 */
export function confusionMatrix(options: ConfusionMatrixOptions): Accumulator<ConfusionMatrixState, ConfusionMatrix> {
  const { classes, prediction = 'pred', target = 'label', threshold = 0.5, name = 'confusion' } = options;
  const names =
    typeof classes === 'number' ? Array.from({ length: checkCount(classes) }, (_, index) => String(index)) : classes;
  const count = checkCount(names.length);
  return {
    name,
    needs: [prediction],
    init: () => new Array<number>(count * count).fill(0),
    update(state, output, batch) {
      const scores = entryOf(output, prediction, name, 'outputs');
      const predicted = predictedClasses(scores, threshold);
      const expected = targetClasses(entryOf(batch, target, name, 'batch'), scores, predicted.length);
      const counts = [...state];
      for (let i = 0; i < predicted.length; i++) {
        checkClass(expected[i]!, count, `Target ${i}`);
        checkClass(predicted[i]!, count, `Prediction ${i}`);
        counts[expected[i]! * count + predicted[i]!]!++;
      }
      return counts;
    },
    result: (state) => summarise(state, names),
  };
}

function summarise(state: ConfusionMatrixState, classes: readonly string[]): ConfusionMatrix {
  const counts = classes.map((_, row) => state.slice(row * classes.length, (row + 1) * classes.length));
  const correct = classes.map((_, index) => counts[index]![index]!);
  const expected = counts.map(sum);
  const predicted = classes.map((_, column) => sum(counts.map((row) => row[column]!)));
  const total = sum(state);
  return {
    classes,
    counts,
    total,
    accuracy: sum(correct) / total,
    precision: correct.map((value, index) => value / predicted[index]!),
    recall: correct.map((value, index) => value / expected[index]!),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function checkCount(count: number): number {
  if (!Number.isInteger(count) || count < 2)
    throw new ArgumentError(`A confusion matrix needs at least 2 classes, got ${count}.`);
  return count;
}

function checkClass(value: number, count: number, what: string): void {
  if (value === NO_CLASS) throw new InputError(`${what} is not a class: a score is NaN, or a label is -1.`);
  if (value < 0 || value >= count)
    throw new InputError(
      `${what} is class ${value}, but the confusion matrix was made for classes 0 to ${count - 1}. Give it more classes, or correct the labels.`,
    );
}
