import { ArgumentError, type Tensor } from '@delira/core';
import {
  checkClassWeights,
  labelScores,
  type LabelWeightOptions,
  labelWeights,
  reduceWeighted,
  times,
} from './labelScores.js';
import { type LossKeys, namedLoss, type NamedLoss } from './NamedLoss.js';
import { power } from './power.js';
import { checkReduction, type Reduction } from './reduce.js';

export interface MulticlassFocalOptions extends LabelWeightOptions {
  /** How strongly confident predictions are damped; 0: cross-entropy. Default 2. */
  readonly gamma?: number;
  /** Default `'mean'`. */
  readonly reduction?: Reduction;
}

/**
 * Focal loss (Lin et al., 2017) of classes that exclude each other: −(1 − p)^gamma · ln p, where p is the softmax's probability of the
 * label. Class weights, ignored labels and the mean are those of `crossEntropy`, to which it is equal for gamma 0.
 *
 * @param logits [N, C, ...spatial].
 * @param labels int32 [N, ...spatial]: class numbers.
 * @throws ShapeError, DTypeError, ArgumentError
 */
export function multiclassFocal(logits: Tensor, labels: Tensor, options: MulticlassFocalOptions = {}): Tensor {
  const { gamma = 2, reduction = 'mean' } = options;
  const scores = labelScores('multiclassFocal', logits, labels);
  check(options);
  checkClassWeights('multiclassFocal', logits.shape[1]!, options);
  const entropy = scores.normalizer.sub(scores.ofLabel(scores.shifted));
  const missed = entropy.neg().exp().neg().add(1);
  const { importance } = labelWeights(scores, labels, options);
  const losses = gamma === 0 ? entropy : power(missed, gamma).mul(entropy);
  return reduceWeighted(times(importance, losses), importance, reduction);
}

function check({ gamma = 2, reduction = 'mean' }: MulticlassFocalOptions): void {
  checkReduction('multiclassFocal', reduction);
  if (!(gamma >= 0)) throw new ArgumentError(`multiclassFocal: gamma is ${gamma}; it must be at least 0.`);
}

/** `multiclassFocal` as a loss of a network. @throws ArgumentError for an option out of range. */
export function multiclassFocalLoss(options: MulticlassFocalOptions & LossKeys = {}): NamedLoss {
  check(options);
  return namedLoss('multiclassFocalLoss', options, (prediction, target) =>
    multiclassFocal(prediction, target, options),
  );
}
