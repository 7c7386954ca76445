import { ArgumentError, select, sigmoid, slice, softmax, type Tensor } from '@delira/core';
import { classMask } from './classMask.js';
import { type LossKeys, namedLoss, type NamedLoss } from './NamedLoss.js';
import { checkSameShape } from './reduce.js';

export interface SoftDiceOptions {
  /** What turns predictions [N, C, ...spatial] into probabilities. Default `'softmax'`, over the classes. */
  readonly activation?: 'softmax' | 'sigmoid' | 'none';
  /** Whether class 0 counts. Default true. */
  readonly background?: boolean;
  /** Whether overlaps are counted over the whole batch instead of each sample. Default false. */
  readonly batch?: boolean;
  /** Added to numerator and denominator: an empty class predicted as empty is perfect. Greater than 0. Default 1e-5. */
  readonly smooth?: number;
}

/**
 * 1 − (2 · Σ p · t + smooth) / (Σ p + Σ t + smooth), the mean over classes and samples (Milletari et al., 2016); equal to MONAI's
 * `DiceLoss` with `smooth_nr` and `smooth_dr` of 1e-5.
 *
 * @param prediction [N, C, ...spatial].
 * @param target int32 class numbers [N, ...spatial], or a map for each class [N, C, ...spatial] of any dtype.
 * @throws ShapeError, DTypeError, ArgumentError
 */
export function softDice(prediction: Tensor, target: Tensor, options: SoftDiceOptions = {}): Tensor {
  const { activation = 'softmax', background = true, batch = false, smooth = 1e-5 } = options;
  check(options, prediction.shape[1] ?? 0);
  const probabilities = {
    softmax: () => softmax(prediction, 1),
    sigmoid: () => sigmoid(prediction),
    none: () => prediction,
  }[activation]();
  const axes = prediction.shape.flatMap((_, axis) => (axis > 1 || (axis === 0 && batch) ? [axis] : []));
  const { overlap, total } = sums(probabilities, target, axes);
  const dice = overlap.mul(2).add(smooth).div(total.add(smooth));
  return withoutBackground(dice, background).mean().mul(-1).add(1);
}

/** Σ p · t and Σ p + Σ t over `axes`. */
function sums(probabilities: Tensor, target: Tensor, axes: readonly number[]) {
  if (target.shape.length < probabilities.shape.length) {
    const mask = classMask('softDice', probabilities, target);
    return {
      overlap: select(mask, probabilities, 0).sum(axes),
      total: probabilities.sum(axes).add(mask.cast(probabilities.dtype).sum(axes)),
    };
  }
  checkSameShape('softDice', probabilities, target);
  const wanted = target.cast(probabilities.dtype);
  return { overlap: probabilities.mul(wanted).sum(axes), total: probabilities.sum(axes).add(wanted.sum(axes)) };
}

/** Scores [N, C] or [C] of all classes but the first. */
function withoutBackground(scores: Tensor, background: boolean): Tensor {
  if (background) return scores;
  const last = scores.shape.length - 1;
  return slice(
    scores,
    scores.shape.map((_, axis) => (axis === last ? 1 : 0)),
    scores.shape.map((extent, axis) => (axis === last ? extent - 1 : extent)),
  );
}

function check({ background = true, smooth = 1e-5 }: SoftDiceOptions, classes: number | null): void {
  if (!(smooth > 0)) throw new ArgumentError(`softDice: smooth is ${smooth}; it must be greater than 0.`);
  if (!background && classes === 1)
    throw new ArgumentError('softDice: leaving out the background leaves no class. Set background to true.');
}

/** `softDice` as a loss of a network. @throws ArgumentError for an option out of range. */
export function softDiceLoss(options: SoftDiceOptions & LossKeys = {}): NamedLoss {
  check(options, null);
  return namedLoss('softDiceLoss', options, (prediction, target) => softDice(prediction, target, options));
}
