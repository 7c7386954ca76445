import { Module, type Tensor } from '@delira/core';
import { BatchNorm2d, Conv2d, kaimingNormal, type Layer, Sequential } from '@delira/nn';

/** How torchvision draws the convolutions of a ResNet. */
export const resNetWeight = kaimingNormal({ fan: 'out', nonlinearity: 'relu' });

/**
 * Two 3×3 convolutions with batch norm beside a shortcut (He et al., 2016), named as torchvision's `BasicBlock`. Where the block
 * changes the number of channels or the resolution, the shortcut `downsample` is a 1×1 convolution with batch norm.
 */
export class BasicBlock extends Module implements Layer {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly downsample: Sequential | null;

  constructor(inChannels: number, outChannels: number, stride: number) {
    super();
    const options = { bias: false, initialize: resNetWeight };
    this.conv1 = new Conv2d(inChannels, outChannels, { ...options, kernel: 3, stride, padding: 1 });
    this.bn1 = new BatchNorm2d(outChannels);
    this.conv2 = new Conv2d(outChannels, outChannels, { ...options, kernel: 3, padding: 1 });
    this.bn2 = new BatchNorm2d(outChannels);
    this.downsample =
      stride === 1 && inChannels === outChannels
        ? null
        : new Sequential(
            new Conv2d(inChannels, outChannels, { ...options, kernel: 1, stride }),
            new BatchNorm2d(outChannels),
          );
  }

  /** [N, in, H, W] → [N, out, ⌈H / stride⌉, ⌈W / stride⌉]. */
  forward(x: Tensor): Tensor {
    const inner = this.bn1.forward(this.conv1.forward(x)).relu();
    const residual = this.bn2.forward(this.conv2.forward(inner));
    return residual.add(this.downsample === null ? x : this.downsample.forward(x)).relu();
  }
}
