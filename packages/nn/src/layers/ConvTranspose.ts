import {
  ArgumentError,
  bind,
  convAttrs,
  type ConvAttrs,
  formatShape,
  type Initializer,
  Module,
  perAxis,
  type Shape,
  type Tensor,
  type Variable,
} from '@delira/core';
import { defaultBias, defaultWeight } from '../initializers/layerDefaults.js';
import { checkGroups } from './checkGroups.js';
import type { ConvLayerOptions } from './Conv.js';
import { checkChannels, perChannel } from './perChannel.js';

export interface ConvTransposeLayerOptions extends ConvLayerOptions {
  /** Extra extent at the high end of each spatial axis, less than the stride. Default 0. */
  readonly outputPadding?: number | Shape;
  /** Draws the weight. Default: PyTorch's, uniform within ±1 / √fanIn. */
  readonly initialize?: Initializer;
}

/**
 * What transposed convolutions of all ranks share. Variables: `weight` [in, out / groups, ...kernel], `bias` [out]. Each spatial extent
 * becomes (n − 1) · stride − low − high + dilation · (kernel − 1) + outputPadding + 1.
 */
export abstract class ConvTranspose extends Module {
  readonly weight: Variable;
  readonly bias: Variable | null;
  readonly #attrs: ConvAttrs;
  readonly #kernel: Shape;
  readonly #outputPadding: Shape;

  protected constructor(
    readonly spatialRank: number,
    readonly inChannels: number,
    readonly outChannels: number,
    options: ConvTransposeLayerOptions,
  ) {
    super();
    const { kernel, bias = true, initialize = defaultWeight, initializeBias, outputPadding = 0, ...window } = options;
    const { groups = 1 } = window;
    checkGroups(this.constructor.name, inChannels, outChannels, groups);
    this.#attrs = convAttrs(spatialRank, window);
    this.#kernel = perAxis(kernel, spatialRank, 'kernel');
    this.#outputPadding = perAxis(outputPadding, spatialRank, 'outputPadding');
    if (this.#outputPadding.some((extent, axis) => extent < 0 || extent >= this.#attrs.strides[axis]!))
      throw new ArgumentError(
        `${this.constructor.name}: outputPadding ${formatShape(this.#outputPadding)} must be at least 0 and less than the stride ${formatShape(this.#attrs.strides)}.`,
      );
    const shape = [inChannels, outChannels / groups, ...this.#kernel];
    this.weight = this.param(shape, initialize);
    this.bias = bias ? this.param([outChannels], initializeBias ?? defaultBias(shape)) : null;
  }

  /** [N, in, ...spatial] → [N, out, ...]. @throws ShapeError */
  forward(x: Tensor): Tensor {
    checkChannels(this.constructor.name, x, this.inChannels, [this.spatialRank]);
    const { strides, padding, dilation } = this.#attrs;
    const spatial = x.shape.slice(2).map((extent, axis) => {
      const [low, high] = padding[axis]!;
      const reach = dilation[axis]! * (this.#kernel[axis]! - 1) + 1;
      return (extent - 1) * strides[axis]! - low - high + reach + this.#outputPadding[axis]!;
    });
    const y = bind('convTranspose', [x, this.weight.value], { ...this.#attrs, spatial });
    return this.bias === null ? y : y.add(perChannel(this.bias.value, y.shape.length));
  }
}

/** Transposed convolution of [N, C, W], as PyTorch's `ConvTranspose1d`. */
export class ConvTranspose1d extends ConvTranspose {
  constructor(inChannels: number, outChannels: number, options: ConvTransposeLayerOptions) {
    super(1, inChannels, outChannels, options);
  }
}

/** Transposed convolution of [N, C, H, W], as PyTorch's `ConvTranspose2d`. */
export class ConvTranspose2d extends ConvTranspose {
  constructor(inChannels: number, outChannels: number, options: ConvTransposeLayerOptions) {
    super(2, inChannels, outChannels, options);
  }
}

/** Transposed convolution of [N, C, D, H, W], as PyTorch's `ConvTranspose3d`. */
export class ConvTranspose3d extends ConvTranspose {
  constructor(inChannels: number, outChannels: number, options: ConvTransposeLayerOptions) {
    super(3, inChannels, outChannels, options);
  }
}
