import { ArgumentError, constant, equal, max, select, type Tensor } from '@delira/core';
import { constantArray } from '../constantArray.js';
import { classMask } from './classMask.js';
import type { Reduction } from './reduce.js';

/** What losses of class numbers compute from logits [N, C, ...spatial] and labels [N, ...spatial]. */
export interface LabelScores {
  /** [N, C, ...spatial], bool: the label's class. */
  readonly mask: Tensor;
  /** Logits minus the largest of their pixel. */
  readonly shifted: Tensor;
  /** ln Σ exp(shifted), [N, ...spatial]. */
  readonly normalizer: Tensor;
  /** Of values by class, the label's: [N, ...spatial]. */
  ofLabel(values: Tensor): Tensor;
}

/** @throws ShapeError, DTypeError */
export function labelScores(loss: string, logits: Tensor, labels: Tensor): LabelScores {
  const mask = classMask(loss, logits, labels);
  const shifted = logits.sub(max(logits, [1], { keepDims: true }).stopGradient());
  return {
    mask,
    shifted,
    normalizer: shifted.exp().sum([1]).log(),
    ofLabel: (values) => select(mask, values, 0).sum([1]),
  };
}

export interface LabelWeightOptions {
  /** Factor of each class; the mean is then weighted, too. Default: all 1. */
  readonly classWeights?: readonly number[];
  /** Elements with this label do not count. Default: none (PyTorch's is −100). */
  readonly ignoreIndex?: number;
}

export interface LabelWeights {
  /** [1, C, 1, …] */
  readonly ofClass: Tensor | null;
  /** [N, ...spatial]: 0 where the label is ignored, else 1. */
  readonly counted: Tensor | null;
  /** [N, ...spatial]: the factor of each element. */
  readonly importance: Tensor | null;
}

/** Factors of elements; null where all are 1. */
export function labelWeights(
  { shifted, ofLabel }: LabelScores,
  labels: Tensor,
  { classWeights, ignoreIndex }: LabelWeightOptions,
): LabelWeights {
  const { dtype, shape } = shifted;
  const ofClass =
    classWeights === undefined
      ? null
      : constantArray(classWeights, [1, shape[1]!, ...labels.shape.slice(1).map(() => 1)], dtype);
  const counted = ignoreIndex === undefined ? null : select(equal(labels, ignoreIndex), 0, constant(1, dtype));
  return { ofClass, counted, importance: times(ofClass === null ? null : ofLabel(ofClass), counted) };
}

/** The sum or mean of losses that contain their importance already; the mean is weighted by it. */
export function reduceWeighted(losses: Tensor, importance: Tensor | null, reduction: Reduction): Tensor {
  if (reduction === 'none') return losses;
  if (reduction === 'sum') return losses.sum();
  return importance === null ? losses.mean() : losses.sum().div(importance.sum());
}

/** Product of factors that may be absent. */
export function times(left: Tensor | null, right: Tensor): Tensor;
export function times(left: Tensor | null, right: Tensor | null): Tensor | null;
export function times(left: Tensor | null, right: Tensor | null): Tensor | null {
  if (left === null) return right;
  return right === null ? left : left.mul(right);
}

/** @throws ArgumentError unless there is a weight for each class. */
export function checkClassWeights(loss: string, classes: number, { classWeights }: LabelWeightOptions): void {
  if (classWeights !== undefined && classWeights.length !== classes)
    throw new ArgumentError(`${loss}: there are ${classWeights.length} class weights for ${classes} classes.`);
}
