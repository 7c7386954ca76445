import { UNet2d } from '@delira/models-segmentation';
import { diceCrossEntropyLoss } from '@delira/nn';
import { imagesWithMask } from './randomBatch.js';
import { shapesWithin, type TimedModel } from './TimedModel.js';

const CLASSES = 4;

/** delira's U-Net of depth 5 with 64 filters, trained by Dice and cross-entropy. */
export const unet2d: TimedModel = {
  shapes: {
    train: [...shapesWithin(0.75, [1, 1, 128, 128], [4, 1, 128, 128]), ...shapesWithin(1, [1, 1, 256, 256])],
    predict: shapesWithin(0.8, [1, 1, 128, 128], [4, 1, 128, 128], [1, 1, 256, 256]),
  },
  create: ([, inChannels = 1]) => new UNet2d({ inChannels, numClasses: CLASSES }),
  losses: { diceCrossEntropy: diceCrossEntropyLoss() },
  batch: (shape, seed) => imagesWithMask(shape, CLASSES, seed),
};
