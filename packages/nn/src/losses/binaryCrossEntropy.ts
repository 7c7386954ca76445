import { constant, formatShape, maximum, ShapeError, type Tensor } from '@delira/core';
import { constantArray } from '../constantArray.js';
import { softplus } from '../activations/functions.js';
import { type LossKeys, namedLoss, type NamedLoss } from './NamedLoss.js';
import { checkReduction, checkSameShape, reduce, type Reduction } from './reduce.js';

/** A probability's smallest value inside a logarithm. */
const SMALLEST = 1e-12;

export interface BinaryCrossEntropyOptions {
  /** Default `'mean'`. */
  readonly reduction?: Reduction;
}

export interface BceWithLogitsOptions extends BinaryCrossEntropyOptions {
  /** Factor of the positive targets: one for all, or one for each entry of the last axis. Default 1. */
  readonly positiveWeight?: number | readonly number[];
}

/**
 * Binary cross-entropy of logits, stable for logits of any size; equal to PyTorch's `binary_cross_entropy_with_logits`.
 *
 * @param logits any shape.
 * @param target the same shape; probabilities, usually 0 or 1, of any dtype.
 * @throws ShapeError, ArgumentError
 */
export function bceWithLogits(logits: Tensor, target: Tensor, options: BceWithLogitsOptions = {}): Tensor {
  const { positiveWeight, reduction = 'mean' } = options;
  checkReduction('bceWithLogits', reduction);
  checkSameShape('bceWithLogits', logits, target);
  const wanted = target.cast(logits.dtype);
  // −t · ln σ(x) − (1 − t) · ln σ(−x), where ln σ(x) = x − softplus(x) and ln σ(−x) = −softplus(x).
  if (positiveWeight === undefined) return reduce(softplus(logits).sub(logits.mul(wanted)), reduction);
  const weight = positiveWeights(positiveWeight, logits);
  const share = weight.sub(1).mul(wanted).add(1);
  return reduce(softplus(logits).mul(share).sub(logits.mul(wanted).mul(weight)), reduction);
}

function positiveWeights(weight: number | readonly number[], logits: Tensor): Tensor {
  if (typeof weight === 'number') return constant(weight, logits.dtype);
  if (weight.length !== logits.shape.at(-1))
    throw new ShapeError(
      `bceWithLogits: ${weight.length} positive weights do not fit the last axis of ${formatShape(logits.shape)}.`,
    );
  return constantArray(weight, [weight.length], logits.dtype);
}

/**
 * Binary cross-entropy of probabilities; equal to PyTorch's `binary_cross_entropy`, except that a probability counts as at least 1e-12
 * inside the logarithm, which keeps value and gradient finite. Prefer `bceWithLogits` where there are logits.
 *
 * @param probabilities any shape, in [0, 1].
 * @param target the same shape, in [0, 1], of any dtype.
 * @throws ShapeError, ArgumentError
 */
export function binaryCrossEntropy(
  probabilities: Tensor,
  target: Tensor,
  { reduction = 'mean' }: BinaryCrossEntropyOptions = {},
): Tensor {
  checkReduction('binaryCrossEntropy', reduction);
  checkSameShape('binaryCrossEntropy', probabilities, target);
  return reduce(binaryCrossEntropies(probabilities, target.cast(probabilities.dtype)), reduction);
}

/** The cross-entropy of each element. */
export function binaryCrossEntropies(probabilities: Tensor, target: Tensor): Tensor {
  const logarithm = (p: Tensor): Tensor => maximum(p, SMALLEST).log();
  const negated = (x: Tensor): Tensor => x.mul(-1).add(1);
  const positive = target.mul(logarithm(probabilities));
  return positive.add(negated(target).mul(logarithm(negated(probabilities)))).neg();
}

/** `bceWithLogits` as a loss of a network. @throws ArgumentError for an unknown reduction. */
export function bceWithLogitsLoss(options: BceWithLogitsOptions & LossKeys = {}): NamedLoss {
  checkReduction('bceWithLogitsLoss', options.reduction ?? 'mean');
  return namedLoss('bceWithLogitsLoss', options, (prediction, target) => bceWithLogits(prediction, target, options));
}

/** `binaryCrossEntropy` as a loss of a network. @throws ArgumentError for an unknown reduction. */
export function binaryCrossEntropyLoss(options: BinaryCrossEntropyOptions & LossKeys = {}): NamedLoss {
  checkReduction('binaryCrossEntropyLoss', options.reduction ?? 'mean');
  return namedLoss('binaryCrossEntropyLoss', options, (prediction, target) =>
    binaryCrossEntropy(prediction, target, options),
  );
}
