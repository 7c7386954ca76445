import { formatShape, type Initializer, Module, ShapeError, type Tensor, type Variable } from '@delira/core';
import { defaultBias, defaultWeight } from '../initializers/layerDefaults.js';

export interface LinearOptions {
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
  /** Draws the weight. Default: PyTorch's, uniform within ±1 / √fanIn. */
  readonly initialize?: Initializer;
}

/** x · weightᵀ + bias over the last axis, as PyTorch's `Linear`. Variables: `weight` [out, in], `bias` [out]. */
export class Linear extends Module {
  readonly weight: Variable;
  readonly bias: Variable | null;

  constructor(
    readonly inFeatures: number,
    readonly outFeatures: number,
    { bias = true, initialize = defaultWeight }: LinearOptions = {},
  ) {
    super();
    const shape = [outFeatures, inFeatures];
    this.weight = this.param(shape, initialize);
    this.bias = bias ? this.param([outFeatures], defaultBias(shape)) : null;
  }

  /** [..., in] → [..., out]. @throws ShapeError */
  forward(x: Tensor): Tensor {
    if (x.shape.length < 1 || x.shape.at(-1) !== this.inFeatures)
      throw new ShapeError(
        `Linear takes an input of shape [..., ${this.inFeatures}], got ${formatShape(x.shape)}. Flatten the input, or build the layer for it.`,
      );
    const rows = x.reshape([-1, this.inFeatures]).matmul(this.weight.value.transpose([1, 0]));
    const y = this.bias === null ? rows : rows.add(this.bias.value);
    return y.reshape([...x.shape.slice(0, -1), this.outFeatures]);
  }
}
