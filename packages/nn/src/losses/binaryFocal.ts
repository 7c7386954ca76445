import { ArgumentError, sigmoid, type Tensor } from '@delira/core';
import { softplus } from '../activations/functions.js';
import { binaryCrossEntropies } from './binaryCrossEntropy.js';
import { type LossKeys, namedLoss, type NamedLoss } from './NamedLoss.js';
import { power } from './power.js';
import { checkReduction, checkSameShape, reduce, type Reduction } from './reduce.js';

export interface FocalOptions {
  /** Factor of positive targets, 1 − alpha of negative ones; null: no factors. Default null. */
  readonly alpha?: number | null;
  /** How strongly confident predictions are damped; 0: plain cross-entropy. Default 2. */
  readonly gamma?: number;
  /** Whether predictions are logits (stable) or probabilities. Default true. */
  readonly logits?: boolean;
  /** Default `'mean'`. */
  readonly reduction?: Reduction;
}

/**
 * Binary focal loss (Lin et al., 2017): a · (1 − q)^gamma · cross-entropy, where q is the probability given to the target,
 * p · t + (1 − p) · (1 − t), and a = alpha · t + (1 − alpha) · (1 − t).
 *
 * @param prediction any shape: logits or probabilities.
 * @param target the same shape, in [0, 1], of any dtype.
 * @throws ShapeError, ArgumentError
 */
export function binaryFocal(prediction: Tensor, target: Tensor, options: FocalOptions = {}): Tensor {
  const { alpha = null, gamma = 2, logits = true, reduction = 'mean' } = options;
  check(options);
  checkSameShape('binaryFocal', prediction, target);
  const wanted = target.cast(prediction.dtype);
  const entropy = logits ? softplus(prediction).sub(prediction.mul(wanted)) : binaryCrossEntropies(prediction, wanted);
  const probability = logits ? sigmoid(prediction) : prediction;
  // 1 − q = p + t − 2pt
  const missed = probability.add(wanted).sub(probability.mul(wanted).mul(2));
  let losses = gamma === 0 ? entropy : power(missed, gamma).mul(entropy);
  if (alpha !== null) losses = losses.mul(wanted.mul(2 * alpha - 1).add(1 - alpha));
  return reduce(losses, reduction);
}

function check({ alpha = null, gamma = 2, reduction = 'mean' }: FocalOptions): void {
  checkReduction('binaryFocal', reduction);
  if (!(gamma >= 0)) throw new ArgumentError(`binaryFocal: gamma is ${gamma}; it must be at least 0.`);
  if (alpha !== null && !(alpha >= 0 && alpha <= 1))
    throw new ArgumentError(`binaryFocal: alpha is ${alpha}; it must lie in [0, 1], or be null.`);
}

/** `binaryFocal` as a loss of a network. @throws ArgumentError for an option out of range. */
export function binaryFocalLoss(options: FocalOptions & LossKeys = {}): NamedLoss {
  check(options);
  return namedLoss('binaryFocalLoss', options, (prediction, target) => binaryFocal(prediction, target, options));
}
