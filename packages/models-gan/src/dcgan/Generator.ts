import { formatShape, Module, ShapeError, type Tensor } from '@delira/core';
import { BatchNorm2d, ConvTranspose2d, dcganScale, dcganWeight, type Layer, ReLU, Sequential, Tanh } from '@delira/nn';
import { type DcganArchitecture, stagesOf } from './DcganArchitecture.js';

/**
 * Images from noise: transposed convolutions 4 × 4 without bias, each but the last with batch norm and ReLU, then tanh. The first makes a
 * map of 4 × 4 pixels, every other doubles it and halves the channels. Named as in PyTorch's DCGAN example: `main.0.weight`, ….
 */
export class Generator extends Module {
  readonly main: Sequential;

  constructor(readonly architecture: DcganArchitecture) {
    super();
    const { inChannels, noiseLength, features, imageSize, initialization } = architecture;
    const initialize = initialization === 'dcgan' ? { initialize: dcganWeight } : {};
    const norm = initialization === 'dcgan' ? { initialize: dcganScale } : {};
    const widest = features * 2 ** (stagesOf(imageSize) - 1);
    const layers: Layer[] = [
      new ConvTranspose2d(noiseLength, widest, { kernel: 4, bias: false, ...initialize }),
      new BatchNorm2d(widest, norm),
      new ReLU(),
    ];
    const doubling = { kernel: 4, stride: 2, padding: 1, bias: false, ...initialize };
    for (let channels = widest; channels > features; channels /= 2)
      layers.push(
        new ConvTranspose2d(channels, channels / 2, doubling),
        new BatchNorm2d(channels / 2, norm),
        new ReLU(),
      );
    this.main = new Sequential(...layers, new ConvTranspose2d(features, inChannels, doubling), new Tanh());
  }

  /** [N, noiseLength] → [N, C, S, S] in [−1, 1]. @throws ShapeError */
  forward(noise: Tensor): Tensor {
    const { noiseLength } = this.architecture;
    const [rows] = noise.shape;
    if (rows === undefined || noise.shape.length !== 2 || noise.shape[1] !== noiseLength)
      throw new ShapeError(
        `DCGAN's generator takes noise of shape [N, ${noiseLength}], got ${formatShape(noise.shape)}. Draw other noise, or set noiseLength.`,
      );
    return this.main.forward(noise.reshape([rows, noiseLength, 1, 1]));
  }
}
