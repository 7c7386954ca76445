import { ArgumentError, sigmoid, slice, softmax, type Tensor } from '@delira/core';
import { classMask } from './classMask.js';
import { checkSameShape } from './reduce.js';

/** What losses of overlapping regions share. */
export interface OverlapOptions {
  /** What turns predictions [N, C, ...spatial] into probabilities. Default `'softmax'`, over the classes. */
  readonly activation?: 'softmax' | 'sigmoid' | 'none';
  /** Whether class 0 counts. Default true. */
  readonly background?: boolean;
  /** Whether overlaps are counted over the whole batch instead of each sample. Default false. */
  readonly batch?: boolean;
  /** Added to numerator and denominator: an empty class predicted as empty is perfect. Greater than 0. Default 1e-5. */
  readonly smooth?: number;
}

/** Sums over the pixels, and the samples where asked: [N, C] or [C]. */
export interface Overlaps {
  /** Σ p · t */
  readonly common: Tensor;
  /** Σ p */
  readonly predicted: Tensor;
  /** Σ t */
  readonly wanted: Tensor;
}

/** @throws ShapeError, DTypeError */
export function overlaps(
  loss: string,
  prediction: Tensor,
  target: Tensor,
  { activation = 'softmax', batch = false }: OverlapOptions,
): Overlaps {
  const probabilities = {
    softmax: () => softmax(prediction, 1),
    sigmoid: () => sigmoid(prediction),
    none: () => prediction,
  }[activation]();
  const axes = prediction.shape.flatMap((_, axis) => (axis > 1 || (axis === 0 && batch) ? [axis] : []));
  const predicted = probabilities.sum(axes);
  const map = target.shape.length < probabilities.shape.length ? classMask(loss, probabilities, target) : target;
  checkSameShape(loss, probabilities, map);
  const wanted = map.cast(probabilities.dtype);
  return { common: probabilities.mul(wanted).sum(axes), predicted, wanted: wanted.sum(axes) };
}

/** 1 − the mean of scores [N, C] or [C], with the first class or without. */
export function meanLoss(scores: Tensor, { background = true }: OverlapOptions): Tensor {
  const last = scores.shape.length - 1;
  const counted = background
    ? scores
    : slice(
        scores,
        scores.shape.map((_, axis) => (axis === last ? 1 : 0)),
        scores.shape.map((extent, axis) => (axis === last ? extent - 1 : extent)),
      );
  return counted.mean().mul(-1).add(1);
}

/** @throws ArgumentError; `classes` is null before a prediction is seen. */
export function checkOverlap(
  loss: string,
  { activation = 'softmax', background = true, smooth = 1e-5 }: OverlapOptions,
  classes: number | null,
): void {
  if (!['softmax', 'sigmoid', 'none'].includes(activation))
    throw new ArgumentError(`${loss}: activation is "${activation}"; it must be "softmax", "sigmoid" or "none".`);
  if (!(smooth > 0)) throw new ArgumentError(`${loss}: smooth is ${smooth}; it must be greater than 0.`);
  if (!background && classes === 1)
    throw new ArgumentError(`${loss}: leaving out the background leaves no class. Set background to true.`);
}
