import { ArgumentError, Module, noise, type Shape, type Tensor } from '@delira/core';

/** Drops with probability `p` where `shape` says, and scales what stays so that the mean is kept. */
function drop(x: Tensor, p: number, shape: Shape): Tensor {
  const mask = noise.bernoulli('mask', shape, 1 - p).cast(x.dtype);
  return x.mul(mask.mul(1 / (1 - p)));
}

function checkProbability(layer: string, p: number): void {
  if (!(p >= 0 && p < 1))
    throw new ArgumentError(`${layer}: p is ${p}; a probability to drop must be at least 0 and less than 1.`);
}

/**
 * While training, sets elements to zero with probability `p` and multiplies the others by 1 / (1 − p) (Srivastava et al., 2014); in
 * evaluation it does nothing. As PyTorch's `Dropout`; the mask is drawn on the host, equal on every engine.
 */
export class Dropout extends Module {
  /** @param p default 0.5. @throws ArgumentError unless it lies in [0, 1). */
  constructor(readonly p = 0.5) {
    super();
    checkProbability('Dropout', p);
  }

  forward(x: Tensor): Tensor {
    return this.training && this.p > 0 ? drop(x, this.p, x.shape) : x;
  }
}

/** Drops whole channels of [N, C, ...spatial] (Tompson et al., 2015), as PyTorch's `Dropout1d`, `2d` and `3d`. */
export class ChannelDropout extends Module {
  /** @param p default 0.5. @throws ArgumentError unless it lies in [0, 1). */
  constructor(readonly p = 0.5) {
    super();
    checkProbability('ChannelDropout', p);
  }

  forward(x: Tensor): Tensor {
    const shape = x.shape.map((extent, axis) => (axis < 2 ? extent : 1));
    return this.training && this.p > 0 ? drop(x, this.p, shape) : x;
  }
}
