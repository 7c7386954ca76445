import { Module, type Tensor } from '@delira/core';
import { type BatchNorm, type Conv, kaimingNormal, type Layer, Sequential } from '@delira/nn';
import { type SpatialDims, spatialLayers } from '../spatialLayers.js';

/** How torchvision draws the convolutions of a ResNet. */
export const resNetWeight = kaimingNormal({ fan: 'out', nonlinearity: 'relu' });

/**
 * Two convolutions of extent 3 with batch norm beside a shortcut (He et al., 2016), named as torchvision's `BasicBlock`. Where the block
 * changes the number of channels or the resolution, the shortcut `downsample` is a convolution of extent 1 with batch norm.
 */
export class BasicBlock extends Module implements Layer {
  readonly conv1: Conv;
  readonly bn1: BatchNorm;
  readonly conv2: Conv;
  readonly bn2: BatchNorm;
  readonly downsample: Sequential | null;

  constructor(inChannels: number, outChannels: number, stride: number, spatialDims: SpatialDims = 2) {
    super();
    const { Conv, BatchNorm } = spatialLayers(spatialDims);
    const options = { bias: false, initialize: resNetWeight };
    this.conv1 = new Conv(inChannels, outChannels, { ...options, kernel: 3, stride, padding: 1 });
    this.bn1 = new BatchNorm(outChannels);
    this.conv2 = new Conv(outChannels, outChannels, { ...options, kernel: 3, padding: 1 });
    this.bn2 = new BatchNorm(outChannels);
    this.downsample =
      stride === 1 && inChannels === outChannels
        ? null
        : new Sequential(
            new Conv(inChannels, outChannels, { ...options, kernel: 1, stride }),
            new BatchNorm(outChannels),
          );
  }

  /** [N, in, ...spatial] → [N, out, ...], each extent divided by the stride and rounded up. */
  forward(x: Tensor): Tensor {
    const inner = this.bn1.forward(this.conv1.forward(x)).relu();
    const residual = this.bn2.forward(this.conv2.forward(inner));
    return residual.add(this.downsample === null ? x : this.downsample.forward(x)).relu();
  }
}
