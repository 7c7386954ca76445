import { predictedClasses, targetClasses } from './classIndices.js';
import { entryOf } from './entryOf.js';
import type { Metric } from './Metric.js';

export interface AccuracyOptions {
  /** Name of the network's output; default `'pred'`. */
  readonly prediction?: string;
  /** Name of the batch's entry; default `'label'`. */
  readonly target?: string;
  /** Where a single output turns from class 0 into class 1; default 0.5, for probabilities. Use 0 for logits. */
  readonly threshold?: number;
  /** Default `'accuracy'`. */
  readonly name?: string;
}

export interface AccuracyState {
  readonly correct: number;
  readonly total: number;
}

/**
 * The share of predictions that name the right class, over the whole set (for segmentations: of all pixels).
 *
 * Predictions are scores `[N, C, ...spatial]` (the highest wins), one score per sample (`threshold` decides) or integer classes; targets
 * are integer labels `[N, ...spatial]`, or one-hot like the scores. A NaN prediction counts as wrong. Equals scikit-learn's `accuracy_score`
 * of the argmax.
 *
 * `update` throws InputError when an entry is missing or a label is no integer, ShapeError when targets and predictions do not fit.
 */
export function accuracy(options: AccuracyOptions = {}): Metric<AccuracyState> {
  const { prediction = 'pred', target = 'label', threshold = 0.5, name = 'accuracy' } = options;
  return {
    name,
    better: 'higher',
    needs: [prediction],
    init: () => ({ correct: 0, total: 0 }),
    update(state, output, batch) {
      const scores = entryOf(output, prediction, name, 'outputs');
      const predicted = predictedClasses(scores, threshold);
      const expected = targetClasses(entryOf(batch, target, name, 'batch'), scores, predicted.length);
      let correct = 0;
      for (let i = 0; i < predicted.length; i++) if (predicted[i] === expected[i]) correct++;
      return { correct: state.correct + correct, total: state.total + predicted.length };
    },
    result: ({ correct, total }) => correct / total,
  };
}
