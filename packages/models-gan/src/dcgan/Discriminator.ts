import { formatShape, Module, sameShape, ShapeError, type Tensor } from '@delira/core';
import { BatchNorm2d, Conv2d, dcganScale, dcganWeight, type Layer, LeakyReLU, Sequential } from '@delira/nn';
import { type DcganArchitecture, stagesOf } from './DcganArchitecture.js';

/**
 * One logit for each image, above zero where it looks real: convolutions 4 × 4 with stride 2 and without bias, each with leaky ReLU (0.2)
 * and each but the first with batch norm, and a last one over the 4 × 4 pixels left. Named as in PyTorch's DCGAN example, whose sigmoid
 * belongs to the loss here.
 */
export class Discriminator extends Module {
  readonly main: Sequential;

  constructor(readonly architecture: DcganArchitecture) {
    super();
    const { inChannels, features, imageSize, initialization } = architecture;
    const initialize = initialization === 'dcgan' ? { initialize: dcganWeight } : {};
    const norm = initialization === 'dcgan' ? { initialize: dcganScale } : {};
    const widest = features * 2 ** (stagesOf(imageSize) - 1);
    const halving = { kernel: 4, stride: 2, padding: 1, bias: false, ...initialize };
    const layers: Layer[] = [new Conv2d(inChannels, features, halving), new LeakyReLU(0.2)];
    for (let channels = features; channels < widest; channels *= 2)
      layers.push(new Conv2d(channels, channels * 2, halving), new BatchNorm2d(channels * 2, norm), new LeakyReLU(0.2));
    this.main = new Sequential(...layers, new Conv2d(widest, 1, { kernel: 4, bias: false, ...initialize }));
  }

  /** [N, C, S, S] → [N, 1]. @throws ShapeError */
  forward(images: Tensor): Tensor {
    const { inChannels, imageSize } = this.architecture;
    const [rows] = images.shape;
    if (rows === undefined || !sameShape(images.shape.slice(1), [inChannels, imageSize, imageSize]))
      throw new ShapeError(
        `DCGAN's discriminator takes images of shape [N, ${inChannels}, ${imageSize}, ${imageSize}], got ${formatShape(images.shape)}. Resize the images, or set inChannels and imageSize.`,
      );
    return this.main.forward(images).reshape([rows, 1]);
  }
}
