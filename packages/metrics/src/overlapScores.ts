import { ArgumentError, InputError } from '@delira/core';
import { NO_CLASS, predictedClasses, targetClasses } from './classIndices.js';
import { entryOf } from './entryOf.js';
import type { Accumulator, Metric } from './Metric.js';

export interface OverlapOptions {
  /** How many classes there are, or their names in order; 2 or more. */
  readonly classes: number | readonly string[];
  /**
   * `'set'`: voxels are counted over the whole set, so a large sample weighs more and a class may be absent from some. `'sample'`: the mean
   * of each sample's score, over those samples that have the class or have it predicted (MONAI's `DiceMetric`). Default `'set'`.
   */
  readonly over?: 'set' | 'sample';
  /** Whether class 0 counts in the means. Default false. */
  readonly background?: boolean;
  /** Voxels with this label do not count. Default: none. */
  readonly ignoreIndex?: number;
  /** Name of the network's output; default `'pred'`. */
  readonly prediction?: string;
  /** Name of the batch's entry; default `'label'`. */
  readonly target?: string;
  /** Where a single output turns from class 0 into class 1; default 0.5. Use 0 for logits. */
  readonly threshold?: number;
  readonly name?: string;
}

/** How well predicted and true regions cover each other. NaN for a class that is neither there nor predicted. */
export interface OverlapScores {
  readonly classes: readonly string[];
  /** 2 · |P ∩ T| / (|P| + |T|) of each class. */
  readonly dice: readonly number[];
  /** |P ∩ T| / |P ∪ T| of each class: the Jaccard index. */
  readonly iou: readonly number[];
  /** Mean of the classes that are there, without the background unless it was asked for. */
  readonly meanDice: number;
  readonly meanIou: number;
}

/** Of each class: counts of voxels, or over samples sums of scores and how many there are. */
export interface OverlapState {
  /** Voxels of P ∩ T. */
  readonly common: readonly number[];
  readonly predicted: readonly number[];
  readonly expected: readonly number[];
  readonly dice: readonly number[];
  readonly iou: readonly number[];
  readonly samples: readonly number[];
}

/**
 * Dice and IoU of each class and their means over the classes. Predictions are scores `[N, C, ...spatial]` (the highest wins), one
 * score per voxel (`threshold` decides) or integer classes; targets are integer labels `[N, ...spatial]`, or one-hot like the scores.
 * A NaN prediction is a voxel of no class.
 *
 * `update` throws InputError for a class that is not among `classes`.
 *
 * @throws ArgumentError for fewer than two classes.
 */
export function overlapScores(options: OverlapOptions): Accumulator<OverlapState, OverlapScores> {
  const { classes, over = 'set', ignoreIndex, background = false, name = 'overlap' } = options;
  const { prediction = 'pred', target = 'label', threshold = 0.5 } = options;
  const names = typeof classes === 'number' ? Array.from({ length: classes }, (_, index) => String(index)) : classes;
  const count = names.length;
  if (count < 2) throw new ArgumentError(`Overlaps need at least 2 classes, the background being one; got ${count}.`);
  const none = (): readonly number[] => new Array<number>(count).fill(0);
  return {
    name,
    needs: [prediction],
    init: () => ({ common: none(), predicted: none(), expected: none(), dice: none(), iou: none(), samples: none() }),
    update(state, output, batch) {
      const scores = entryOf(output, prediction, name, 'outputs');
      const predicted = predictedClasses(scores, threshold);
      const expected = targetClasses(entryOf(batch, target, name, 'batch'), scores, predicted.length);
      const rows = over === 'set' ? 1 : (scores.shape[0] ?? 1);
      const width = predicted.length / rows;
      let next = state;
      for (let row = 0; row < rows; row++) {
        const voxels = countVoxels(predicted, expected, row * width, (row + 1) * width, { count, ignoreIndex });
        next = over === 'set' ? addVoxels(next, voxels) : addScores(next, scoresOf(voxels));
      }
      return next;
    },
    result(state) {
      const { dice, iou } =
        over === 'set'
          ? scoresOf(state)
          : { dice: divide(state.dice, state.samples), iou: divide(state.iou, state.samples) };
      const counted = (values: readonly number[]): number =>
        mean(values.filter((value, label) => (background || label > 0) && !Number.isNaN(value)));
      return { classes: names, dice, iou, meanDice: counted(dice), meanIou: counted(iou) };
    },
  };
}

/** The mean Dice of the classes, see `overlapScores`; by default without the background, over the whole set, as `'dice'`. */
export function dice(options: OverlapOptions): Metric<OverlapState> {
  return meanOf(options, 'dice', ({ meanDice }) => meanDice);
}

/** The mean intersection over union of the classes, see `overlapScores`; by default without the background, over the whole set, as `'iou'`. */
export function iou(options: OverlapOptions): Metric<OverlapState> {
  return meanOf(options, 'iou', ({ meanIou }) => meanIou);
}

function meanOf(
  options: OverlapOptions,
  name: string,
  choose: (scores: OverlapScores) => number,
): Metric<OverlapState> {
  const accumulator = overlapScores({ name, ...options });
  return { ...accumulator, better: 'higher', result: (state) => choose(accumulator.result(state)) };
}

type Voxels = Pick<OverlapState, 'common' | 'predicted' | 'expected'>;

function countVoxels(
  predicted: Int32Array,
  expected: Int32Array,
  start: number,
  end: number,
  { count, ignoreIndex }: { readonly count: number; readonly ignoreIndex: number | undefined },
): Voxels {
  const common = new Float64Array(count);
  const ofPrediction = new Float64Array(count);
  const ofTarget = new Float64Array(count);
  for (let i = start; i < end; i++) {
    const actual = expected[i]!;
    const guess = predicted[i]!;
    if (actual === ignoreIndex) continue;
    if (actual < 0 || actual >= count) throw foreign('Target', i, actual, count);
    if (guess !== NO_CLASS && (guess < 0 || guess >= count)) throw foreign('Prediction', i, guess, count);
    ofTarget[actual]!++;
    if (guess === NO_CLASS) continue;
    ofPrediction[guess]!++;
    if (guess === actual) common[actual]!++;
  }
  return { common: [...common], predicted: [...ofPrediction], expected: [...ofTarget] };
}

function foreign(what: string, index: number, label: number, count: number): InputError {
  return new InputError(
    `${what} ${index} is class ${label}, but the metric was made for classes 0 to ${count - 1}. Give it more classes, set ignoreIndex, or correct the labels.`,
  );
}

function addVoxels(state: OverlapState, { common, predicted, expected }: Voxels): OverlapState {
  return {
    ...state,
    common: add(state.common, common),
    predicted: add(state.predicted, predicted),
    expected: add(state.expected, expected),
  };
}

function addScores(state: OverlapState, scores: Pick<OverlapState, 'dice' | 'iou'>): OverlapState {
  const present = scores.dice.map((value) => (Number.isNaN(value) ? 0 : 1));
  const numbers = (values: readonly number[]): readonly number[] => values.map((value) => value || 0);
  return {
    ...state,
    dice: add(state.dice, numbers(scores.dice)),
    iou: add(state.iou, numbers(scores.iou)),
    samples: add(state.samples, present),
  };
}

function scoresOf({ common, predicted, expected }: Voxels): Pick<OverlapState, 'dice' | 'iou'> {
  const sizes = add(predicted, expected);
  return {
    dice: common.map((overlap, label) => (2 * overlap) / sizes[label]!),
    iou: common.map((overlap, label) => overlap / (sizes[label]! - overlap)),
  };
}

function add(left: readonly number[], right: readonly number[]): readonly number[] {
  return left.map((value, index) => value + right[index]!);
}

function divide(sums: readonly number[], counts: readonly number[]): readonly number[] {
  return sums.map((sum, index) => sum / counts[index]!);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
