import { ArgumentError, constant, equal, max, select, sizeOf, type Tensor } from '@delira/core';
import { constantArray } from '../constantArray.js';
import { classMask } from './classMask.js';
import { type LossKeys, namedLoss, type NamedLoss } from './NamedLoss.js';
import { checkReduction, type Reduction } from './reduce.js';

export interface CrossEntropyOptions {
  /** Factor of each class; the mean is then weighted, too. Default: all 1. */
  readonly classWeights?: readonly number[];
  /** Share of the target spread evenly over all classes, in [0, 1). Default 0. */
  readonly labelSmoothing?: number;
  /** Elements with this label do not count. Default: none (PyTorch's is −100). */
  readonly ignoreIndex?: number;
  /** Default `'mean'`. */
  readonly reduction?: Reduction;
}

/**
 * −ln softmax(logits)[label], stable for logits of any size; equal to PyTorch's `cross_entropy`. With class weights or an ignored label
 * the mean divides by the sum of the weights that count.
 *
 * @param logits [N, C, ...spatial].
 * @param labels int32 [N, ...spatial]: class numbers.
 * @throws ShapeError, DTypeError, ArgumentError
 */
export function crossEntropy(logits: Tensor, labels: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { classWeights, labelSmoothing = 0, ignoreIndex, reduction = 'mean' } = options;
  const mask = classMask('crossEntropy', logits, labels);
  const classes = logits.shape[1]!;
  check(classes, options);

  const shifted = logits.sub(max(logits, [1], { keepDims: true }).stopGradient());
  const normalizer = shifted.exp().sum([1]).log();
  if (classWeights === undefined && ignoreIndex === undefined && labelSmoothing === 0 && reduction !== 'none') {
    // All elements count alike: nothing needs to be summed over the classes first.
    const sum = normalizer.sum().sub(select(mask, shifted, 0).sum());
    return reduction === 'sum' ? sum : sum.mul(1 / sizeOf(labels.shape));
  }
  const ofLabel = (values: Tensor): Tensor => select(mask, values, 0).sum([1]);
  const weights =
    classWeights === undefined
      ? null
      : constantArray(classWeights, [1, classes, ...labels.shape.slice(1).map(() => 1)], logits.dtype);
  const counted = ignoreIndex === undefined ? null : select(equal(labels, ignoreIndex), 0, constant(1, logits.dtype));
  const importance = times(weights === null ? null : ofLabel(weights), counted);

  let losses = times(importance, normalizer.sub(ofLabel(shifted)))!;
  if (labelSmoothing > 0) {
    const total = classWeights?.reduce((sum, weight) => sum + weight, 0) ?? classes;
    const spread = normalizer.mul(total).sub((weights === null ? shifted : shifted.mul(weights)).sum([1]));
    losses = losses.mul(1 - labelSmoothing).add(times(counted, spread)!.mul(labelSmoothing / classes));
  }
  if (reduction === 'none') return losses;
  if (reduction === 'sum') return losses.sum();
  return importance === null ? losses.mean() : losses.sum().div(importance.sum());
}

/**
 * `crossEntropy` as a loss of a network: `{ crossEntropy: crossEntropyLoss() }` compares the logits `pred` with the labels `label`.
 *
 * @throws ArgumentError for an option out of range.
 */
export function crossEntropyLoss(options: CrossEntropyOptions & LossKeys = {}): NamedLoss {
  check(null, options);
  return namedLoss('crossEntropyLoss', options, (prediction, target) => crossEntropy(prediction, target, options));
}

/** Product of factors that may be absent. */
function times(left: Tensor | null, right: Tensor | null): Tensor | null {
  if (left === null) return right;
  return right === null ? left : left.mul(right);
}

function check(classes: number | null, { classWeights, labelSmoothing = 0, reduction = 'mean' }: CrossEntropyOptions) {
  checkReduction('crossEntropy', reduction);
  if (!(labelSmoothing >= 0 && labelSmoothing < 1))
    throw new ArgumentError(
      `crossEntropy: labelSmoothing is ${labelSmoothing}; it must be at least 0 and less than 1.`,
    );
  if (classes !== null && classWeights !== undefined && classWeights.length !== classes)
    throw new ArgumentError(`crossEntropy: there are ${classWeights.length} class weights for ${classes} classes.`);
}
