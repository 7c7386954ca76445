import { ArgumentError, select, sizeOf, type Tensor } from '@delira/core';
import {
  checkClassWeights,
  labelScores,
  type LabelWeightOptions,
  labelWeights,
  reduceWeighted,
  times,
} from './labelScores.js';
import { type LossKeys, namedLoss, type NamedLoss } from './NamedLoss.js';
import { checkReduction, type Reduction } from './reduce.js';

export interface CrossEntropyOptions extends LabelWeightOptions {
  /** Share of the target spread evenly over all classes, in [0, 1). Default 0. */
  readonly labelSmoothing?: number;
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
  const { classWeights, labelSmoothing = 0, reduction = 'mean' } = options;
  const scores = labelScores('crossEntropy', logits, labels);
  const classes = logits.shape[1]!;
  check(options);
  checkClassWeights('crossEntropy', classes, options);

  const { mask, shifted, normalizer, ofLabel } = scores;
  const { ofClass, counted, importance } = labelWeights(scores, labels, options);
  if (importance === null && labelSmoothing === 0 && reduction !== 'none') {
    // All elements count alike: nothing needs to be summed over the classes first.
    const sum = normalizer.sum().sub(select(mask, shifted, 0).sum());
    return reduction === 'sum' ? sum : sum.mul(1 / sizeOf(labels.shape));
  }
  let losses = times(importance, normalizer.sub(ofLabel(shifted)));
  if (labelSmoothing > 0) {
    const total = classWeights?.reduce((sum, weight) => sum + weight, 0) ?? classes;
    const spread = normalizer.mul(total).sub(times(ofClass, shifted).sum([1]));
    losses = losses.mul(1 - labelSmoothing).add(times(counted, spread).mul(labelSmoothing / classes));
  }
  return reduceWeighted(losses, importance, reduction);
}

/**
 * `crossEntropy` as a loss of a network: `{ crossEntropy: crossEntropyLoss() }` compares the logits `pred` with the labels `label`.
 *
 * @throws ArgumentError for an option out of range.
 */
export function crossEntropyLoss(options: CrossEntropyOptions & LossKeys = {}): NamedLoss {
  check(options);
  return namedLoss('crossEntropyLoss', options, (prediction, target) => crossEntropy(prediction, target, options));
}

function check({ labelSmoothing = 0, reduction = 'mean' }: CrossEntropyOptions) {
  checkReduction('crossEntropy', reduction);
  if (!(labelSmoothing >= 0 && labelSmoothing < 1))
    throw new ArgumentError(
      `crossEntropy: labelSmoothing is ${labelSmoothing}; it must be at least 0 and less than 1.`,
    );
}
