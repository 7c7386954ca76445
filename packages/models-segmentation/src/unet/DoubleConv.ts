import { formatShape, Module, ShapeError, sizeOf, type Tensor } from '@delira/core';
import { type Conv, filled, GroupNorm, InstanceNorm, type Layer, xavierNormal } from '@delira/nn';
import type { BlockOptions } from './BlockOptions.js';
import { spatialLayers } from './SpatialLayers.js';

/** How delira draws a U-Net's convolutions, the transposed ones included. */
export const unetInitializers = { initialize: xavierNormal(), initializeBias: filled(0) };

function createNorm(channels: number, { norm, normGroups, spatialRank }: BlockOptions): Layer | null {
  switch (norm) {
    case 'none':
      return null;
    case 'batch':
      return spatialLayers[spatialRank].batchNorm(channels);
    case 'instance':
      return new InstanceNorm(channels, { affine: true });
    case 'group':
      return new GroupNorm(normGroups, channels);
  }
}

/** Twice a 3×3 (3×3×3) convolution, a norm if there is one, and ReLU: what encoder and decoder blocks share. */
export abstract class DoubleConv extends Module {
  readonly conv1: Conv;
  readonly norm1: Layer | null;
  readonly conv2: Conv;
  readonly norm2: Layer | null;

  constructor(
    inChannels: number,
    readonly outChannels: number,
    protected readonly options: BlockOptions,
  ) {
    super();
    const { conv } = spatialLayers[options.spatialRank];
    const layer = { ...unetInitializers, kernel: 3, padding: 1, bias: options.bias };
    this.conv1 = conv(inChannels, outChannels, layer);
    this.norm1 = createNorm(outChannels, options);
    this.conv2 = conv(outChannels, outChannels, layer);
    this.norm2 = createNorm(outChannels, options);
  }

  protected convolve(x: Tensor): Tensor {
    const spatial = x.shape.slice(2);
    if (this.options.norm === 'instance' && this.training && sizeOf(spatial) < 2)
      throw new ShapeError(
        `${this.constructor.name}: a single pixel per channel cannot be normalised by itself, got ${formatShape(x.shape)}. Use larger images, less depth, or another norm.`,
      );
    const inner = normed(this.norm1, this.conv1.forward(x)).relu();
    return normed(this.norm2, this.conv2.forward(inner)).relu();
  }
}

function normed(norm: Layer | null, x: Tensor): Tensor {
  return norm === null ? x : norm.forward(x);
}
