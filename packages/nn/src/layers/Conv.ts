import {
  conv,
  type ConvOptions,
  type Initializer,
  Module,
  perAxis,
  type Shape,
  type Tensor,
  type Variable,
} from '@delira/core';
import { defaultBias, defaultWeight } from '../initializers/layerDefaults.js';
import { checkGroups } from './checkGroups.js';
import { checkChannels, perChannel } from './perChannel.js';

export interface ConvLayerOptions extends ConvOptions {
  /** Extent of the kernel: one number for all spatial axes, or one for each. */
  readonly kernel: number | Shape;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
  /** Draws the weight. Default: PyTorch's, uniform within ±1 / √fanIn. */
  readonly initialize?: Initializer;
  /** Draws the bias. Default: PyTorch's, uniform within ±1 / √fanIn. */
  readonly initializeBias?: Initializer;
}

/** What convolutions of all ranks share. Variables: `weight` [out, in / groups, ...kernel], `bias` [out]. */
export abstract class Conv extends Module {
  readonly weight: Variable;
  readonly bias: Variable | null;
  readonly #options: ConvOptions;

  protected constructor(
    readonly spatialRank: number,
    readonly inChannels: number,
    readonly outChannels: number,
    options: ConvLayerOptions,
  ) {
    super();
    const { kernel, bias = true, initialize = defaultWeight, initializeBias, ...window } = options;
    const { groups = 1 } = window;
    checkGroups(this.constructor.name, inChannels, outChannels, groups);
    const shape = [outChannels, inChannels / groups, ...perAxis(kernel, spatialRank, 'kernel')];
    this.#options = window;
    this.weight = this.param(shape, initialize);
    this.bias = bias ? this.param([outChannels], initializeBias ?? defaultBias(shape)) : null;
  }

  /** [N, in, ...spatial] → [N, out, ...]. @throws ShapeError */
  forward(x: Tensor): Tensor {
    checkChannels(this.constructor.name, x, this.inChannels, [this.spatialRank]);
    const y = conv(x, this.weight.value, this.#options);
    return this.bias === null ? y : y.add(perChannel(this.bias.value, y.shape.length));
  }
}

/** Cross-correlation of [N, C, W], as PyTorch's `Conv1d`. */
export class Conv1d extends Conv {
  constructor(inChannels: number, outChannels: number, options: ConvLayerOptions) {
    super(1, inChannels, outChannels, options);
  }
}

/** Cross-correlation of [N, C, H, W], as PyTorch's `Conv2d`. */
export class Conv2d extends Conv {
  constructor(inChannels: number, outChannels: number, options: ConvLayerOptions) {
    super(2, inChannels, outChannels, options);
  }
}

/** Cross-correlation of [N, C, D, H, W], as PyTorch's `Conv3d`. */
export class Conv3d extends Conv {
  constructor(inChannels: number, outChannels: number, options: ConvLayerOptions) {
    super(3, inChannels, outChannels, options);
  }
}
