import { UNet, type UNetOptions } from './UNet.js';

/**
 * U-Net for 2D images [N, inChannels, H, W] of any size from 2^(depth − 1) pixels; logits [N, numClasses, H, W]. As delira's
 * `UNet2dPyTorch`: 31,030,788 parameters for one channel and four classes.
 */
export class UNet2d extends UNet {
  static readonly type = 'UNet2d';

  /** @throws ArgumentError for an option that is out of range; ShapeError for an `inputSize` too small for the depth. */
  constructor({ inChannels = 1, ...options }: UNetOptions) {
    super(2, { ...options, inChannels });
  }
}
