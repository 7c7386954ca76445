import type { Tensor } from '@delira/core';
import { crossEntropy, type CrossEntropyOptions } from './crossEntropy.js';
import { type LossKeys, namedLoss, type NamedLoss } from './NamedLoss.js';
import { softDice, type SoftDiceOptions } from './softDice.js';

export interface DiceCrossEntropyOptions {
  readonly dice?: Omit<SoftDiceOptions, 'activation'>;
  readonly crossEntropy?: Omit<CrossEntropyOptions, 'reduction'>;
  /** Factor of the Dice loss. Default 1. */
  readonly diceWeight?: number;
  /** Factor of the cross-entropy. Default 1. */
  readonly crossEntropyWeight?: number;
}

/**
 * Soft Dice plus cross-entropy, the segmentation loss of nnU-Net (Isensee et al., 2021); both read one softmax.
 *
 * @param logits [N, C, ...spatial].
 * @param labels int32 [N, ...spatial]: class numbers.
 * @throws ShapeError, DTypeError, ArgumentError
 */
export function diceCrossEntropy(logits: Tensor, labels: Tensor, options: DiceCrossEntropyOptions = {}): Tensor {
  const { dice = {}, crossEntropy: entropy = {}, diceWeight = 1, crossEntropyWeight = 1 } = options;
  return softDice(logits, labels, dice)
    .mul(diceWeight)
    .add(crossEntropy(logits, labels, entropy).mul(crossEntropyWeight));
}

/** `diceCrossEntropy` as a loss of a network. */
export function diceCrossEntropyLoss(options: DiceCrossEntropyOptions & LossKeys = {}): NamedLoss {
  return namedLoss('diceCrossEntropyLoss', options, (prediction, target) =>
    diceCrossEntropy(prediction, target, options),
  );
}
