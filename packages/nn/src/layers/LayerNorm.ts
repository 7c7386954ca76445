import { formatShape, Module, sameShape, type Shape, ShapeError, type Tensor, type Variable } from '@delira/core';
import { filled } from '../initializers/filled.js';

export interface LayerNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
  /** Whether elements are scaled and shifted by parameters. Default true. */
  readonly affine?: boolean;
}

/**
 * Normalises over the last axes, whose extents are `shape` (Ba et al., 2016), as PyTorch's `LayerNorm`. Variables: `weight`, `bias` of
 * that shape.
 */
export class LayerNorm extends Module {
  readonly weight: Variable | null;
  readonly bias: Variable | null;
  readonly #epsilon: number;

  constructor(
    readonly shape: Shape,
    { epsilon = 1e-5, affine = true }: LayerNormOptions = {},
  ) {
    super();
    this.#epsilon = epsilon;
    this.weight = affine ? this.param(shape, filled(1)) : null;
    this.bias = affine ? this.param(shape, filled(0)) : null;
  }

  /** [..., ...shape] → the same. @throws ShapeError */
  forward(x: Tensor): Tensor {
    const leading = x.shape.length - this.shape.length;
    if (leading < 0 || !sameShape(x.shape.slice(leading), this.shape))
      throw new ShapeError(
        `LayerNorm takes an input whose last extents are ${formatShape(this.shape)}, got ${formatShape(x.shape)}.`,
      );
    const axes = this.shape.map((_, axis) => leading + axis);
    const centered = x.sub(x.mean(axes, { keepDims: true }));
    const variance = centered.mul(centered).mean(axes, { keepDims: true });
    const y = centered.div(variance.add(this.#epsilon).sqrt());
    return this.weight === null || this.bias === null ? y : y.mul(this.weight.value).add(this.bias.value);
  }
}
