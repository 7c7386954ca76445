import { constant, equal, less, select, type Tensor } from '@delira/core';

/** Rates below it count as zero: their reciprocal would overflow, and no float32 weight notices such an update. */
const SMALLEST_RATE = 1e-30;

export interface RateDivisor {
  /** Multiplies the root of the squared gradients. */
  readonly scale: Tensor;
  /** Is added to the product. */
  readonly offset: Tensor;
}

/**
 * Two scalars that turn −lr · direction / (root · rootScale + epsilon) into direction / (root · scale + offset): the rate and its sign
 * then cost nothing on the tensors themselves. With a rate of zero the divisor is minus infinity whatever the root is, so that
 * parameters keep their bits.
 */
export function rateDivisor(options: {
  readonly lr: Tensor;
  readonly rootScale: Tensor | number;
  readonly epsilon: number;
}): RateDivisor {
  const { lr, rootScale, epsilon } = options;
  const rate = select(less(lr, SMALLEST_RATE), 0, lr);
  const reciprocal = constant(-1, lr.dtype).div(rate);
  return {
    scale: select(equal(rate, 0), 0, reciprocal.mul(rootScale)),
    offset: reciprocal.mul(epsilon),
  };
}
