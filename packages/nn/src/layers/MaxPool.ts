import { maxPool, Module, type PoolOptions, type Tensor } from '@delira/core';

/**
 * Largest element of each window of [N, C, ...spatial], as PyTorch's `MaxPool1d`, `2d` and `3d`: padding counts as minus infinity, and
 * the first maximum in row-major order gets the gradient.
 */
export class MaxPool extends Module {
  readonly #options: PoolOptions;

  constructor(options: PoolOptions) {
    super();
    this.#options = options;
  }

  /** @throws ShapeError */
  forward(x: Tensor): Tensor {
    return maxPool(x, this.#options);
  }
}
