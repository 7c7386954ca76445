import { UNet, type UNetOptions } from './UNet.js';

/**
 * U-Net for volumes [N, inChannels, D, H, W] of any size from 2^(depth − 1) voxels; logits [N, numClasses, D, H, W]. As delira's
 * `UNet3dPyTorch`, which expects three channels unless told otherwise: 90,292,868 parameters for one channel and four classes.
 */
export class UNet3d extends UNet {
  static readonly type = 'UNet3d';

  /** @throws ArgumentError for an option that is out of range; ShapeError for an `inputSize` too small for the depth. */
  constructor({ inChannels = 3, ...options }: UNetOptions) {
    super(3, { ...options, inChannels });
  }
}
