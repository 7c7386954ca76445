import type { Tensor } from '@delira/core';
import { Sequential, UpsampleLinear } from '@delira/nn';
import { unetInitializers } from './DoubleConv.js';
import { spatialLayers, type SpatialRank } from './SpatialLayers.js';

/**
 * Twofold linear upsampling and a 1×1 convolution with bias, variables named as in PyTorch's `Sequential(Upsample, Conv)`. The
 * convolution comes first: interpolation weights sum to one, so both orders give the same, this one with a quarter of the work in 2D.
 */
export class UpsampleConv extends Sequential {
  constructor(inChannels: number, outChannels: number, spatialRank: SpatialRank) {
    super(
      new UpsampleLinear(2),
      spatialLayers[spatialRank].conv(inChannels, outChannels, { ...unetInitializers, kernel: 1 }),
    );
  }

  override forward(x: Tensor): Tensor {
    return this[0]!.forward(this[1]!.forward(x));
  }
}
