import { ArgumentError, type Tensor } from '@delira/core';
import { type LossKeys, namedLoss, type NamedLoss } from './NamedLoss.js';
import { checkOverlap, meanLoss, type OverlapOptions, overlaps } from './overlaps.js';

export interface TverskyOptions extends OverlapOptions {
  /** Factor of false positives, at least 0. Default 0.5. */
  readonly alpha?: number;
  /** Factor of false negatives, at least 0; more than alpha: misses count more than false alarms. Default 0.5. */
  readonly beta?: number;
}

/**
 * 1 − (Σ p · t + smooth) / (Σ p · t + alpha · Σ p · (1 − t) + beta · Σ (1 − p) · t + smooth), the mean over classes and samples (Salehi et
 * al., 2017); equal to MONAI's `TverskyLoss`. With alpha and beta of 0.5 it is the Dice loss.
 *
 * @param prediction [N, C, ...spatial].
 * @param target int32 class numbers [N, ...spatial], or a map for each class [N, C, ...spatial] of any dtype.
 * @throws ShapeError, DTypeError, ArgumentError
 */
export function tversky(prediction: Tensor, target: Tensor, options: TverskyOptions = {}): Tensor {
  const { alpha = 0.5, beta = 0.5, smooth = 1e-5 } = options;
  check(options, prediction.shape[1] ?? 0);
  const { common, predicted, wanted } = overlaps('tversky', prediction, target, options);
  const falsePositives = predicted.sub(common).mul(alpha);
  const falseNegatives = wanted.sub(common).mul(beta);
  const total = common.add(falsePositives).add(falseNegatives).add(smooth);
  return meanLoss(common.add(smooth).div(total), options);
}

function check(options: TverskyOptions, classes: number | null): void {
  checkOverlap('tversky', options, classes);
  const { alpha = 0.5, beta = 0.5 } = options;
  for (const [name, value] of Object.entries({ alpha, beta })) {
    if (!(value >= 0)) throw new ArgumentError(`tversky: ${name} is ${value}; it must be at least 0.`);
  }
}

/** `tversky` as a loss of a network. @throws ArgumentError for an option out of range. */
export function tverskyLoss(options: TverskyOptions & LossKeys = {}): NamedLoss {
  check(options, null);
  return namedLoss('tverskyLoss', options, (prediction, target) => tversky(prediction, target, options));
}
