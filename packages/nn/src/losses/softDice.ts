import type { Tensor } from '@delira/core';
import { type LossKeys, namedLoss, type NamedLoss } from './NamedLoss.js';
import { checkOverlap, meanLoss, type OverlapOptions, overlaps } from './overlaps.js';

export type SoftDiceOptions = OverlapOptions;

/**
 * 1 − (2 · Σ p · t + smooth) / (Σ p + Σ t + smooth), the mean over classes and samples (Milletari et al., 2016); equal to MONAI's
 * `DiceLoss` with `smooth_nr` and `smooth_dr` of 1e-5.
 *
 * @param prediction [N, C, ...spatial].
 * @param target int32 class numbers [N, ...spatial], or a map for each class [N, C, ...spatial] of any dtype.
 * @throws ShapeError, DTypeError, ArgumentError
 */
export function softDice(prediction: Tensor, target: Tensor, options: SoftDiceOptions = {}): Tensor {
  const { smooth = 1e-5 } = options;
  checkOverlap('softDice', options, prediction.shape[1] ?? 0);
  const { common, predicted, wanted } = overlaps('softDice', prediction, target, options);
  return meanLoss(common.mul(2).add(smooth).div(predicted.add(wanted).add(smooth)), options);
}

/** `softDice` as a loss of a network. @throws ArgumentError for an option out of range. */
export function softDiceLoss(options: SoftDiceOptions & LossKeys = {}): NamedLoss {
  checkOverlap('softDice', options, null);
  return namedLoss('softDiceLoss', options, (prediction, target) => softDice(prediction, target, options));
}
