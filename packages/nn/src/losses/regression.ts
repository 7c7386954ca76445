import { abs, ArgumentError, minimum, type Tensor } from '@delira/core';
import { type LossKeys, namedLoss, type NamedLoss } from './NamedLoss.js';
import { checkReduction, checkSameShape, reduce, type Reduction } from './reduce.js';

export interface RegressionOptions {
  /** Default `'mean'`. */
  readonly reduction?: Reduction;
}

export interface HuberOptions extends RegressionOptions {
  /** Largest difference that counts quadratically; greater than 0. Default 1. */
  readonly delta?: number;
}

export interface SmoothL1Options extends RegressionOptions {
  /** Largest difference that counts quadratically; greater than 0. Default 1. */
  readonly beta?: number;
}

function difference(loss: string, prediction: Tensor, target: Tensor, reduction: Reduction): Tensor {
  checkReduction(loss, reduction);
  checkSameShape(loss, prediction, target);
  return prediction.sub(target.cast(prediction.dtype));
}

/** (prediction − target)², equal to PyTorch's `mse_loss`. @throws ShapeError, ArgumentError */
export function mse(prediction: Tensor, target: Tensor, { reduction = 'mean' }: RegressionOptions = {}): Tensor {
  const error = difference('mse', prediction, target, reduction);
  return reduce(error.mul(error), reduction);
}

/** |prediction − target|, equal to PyTorch's `l1_loss`. @throws ShapeError, ArgumentError */
export function l1(prediction: Tensor, target: Tensor, { reduction = 'mean' }: RegressionOptions = {}): Tensor {
  return reduce(abs(difference('l1', prediction, target, reduction)), reduction);
}

/**
 * d² / 2 for differences d up to delta, delta · (|d| − delta / 2) beyond (Huber, 1964), equal to PyTorch's `huber_loss`; with the
 * default delta also to its `smooth_l1_loss`.
 *
 * @throws ShapeError, ArgumentError
 */
export function huber(
  prediction: Tensor,
  target: Tensor,
  { delta = 1, reduction = 'mean' }: HuberOptions = {},
): Tensor {
  checkThreshold('huber', { delta });
  const size = abs(difference('huber', prediction, target, reduction));
  const inner = minimum(size, delta);
  return reduce(inner.mul(inner.mul(0.5)).add(size.sub(inner).mul(delta)), reduction);
}

/**
 * d² / (2 · beta) for differences d up to beta, |d| − beta / 2 beyond (Girshick, 2015): `huber` divided by its delta, equal to PyTorch's
 * `smooth_l1_loss`.
 *
 * @throws ShapeError, ArgumentError
 */
export function smoothL1(
  prediction: Tensor,
  target: Tensor,
  { beta = 1, reduction = 'mean' }: SmoothL1Options = {},
): Tensor {
  checkThreshold('smoothL1', { beta });
  const size = abs(difference('smoothL1', prediction, target, reduction));
  const inner = minimum(size, beta);
  return reduce(inner.mul(inner.mul(0.5 / beta)).add(size.sub(inner)), reduction);
}

function checkThreshold(loss: string, option: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(option)) {
    if (!(value > 0)) throw new ArgumentError(`${loss}: ${name} is ${value}; it must be greater than 0.`);
  }
}

/** `mse` as a loss of a network. @throws ArgumentError for an unknown reduction. */
export function mseLoss(options: RegressionOptions & LossKeys = {}): NamedLoss {
  checkReduction('mseLoss', options.reduction ?? 'mean');
  return namedLoss('mseLoss', options, (prediction, target) => mse(prediction, target, options));
}

/** `l1` as a loss of a network. @throws ArgumentError for an unknown reduction. */
export function l1Loss(options: RegressionOptions & LossKeys = {}): NamedLoss {
  checkReduction('l1Loss', options.reduction ?? 'mean');
  return namedLoss('l1Loss', options, (prediction, target) => l1(prediction, target, options));
}

/** `huber` as a loss of a network. @throws ArgumentError for an option out of range. */
export function huberLoss(options: HuberOptions & LossKeys = {}): NamedLoss {
  checkReduction('huberLoss', options.reduction ?? 'mean');
  checkThreshold('huberLoss', { delta: options.delta ?? 1 });
  return namedLoss('huberLoss', options, (prediction, target) => huber(prediction, target, options));
}

/** `smoothL1` as a loss of a network. @throws ArgumentError for an option out of range. */
export function smoothL1Loss(options: SmoothL1Options & LossKeys = {}): NamedLoss {
  checkReduction('smoothL1Loss', options.reduction ?? 'mean');
  checkThreshold('smoothL1Loss', { beta: options.beta ?? 1 });
  return namedLoss('smoothL1Loss', options, (prediction, target) => smoothL1(prediction, target, options));
}
