import { UNet3d } from '@delira/models-segmentation';
import { diceCrossEntropyLoss } from '@delira/nn';
import { imagesWithMask } from './randomBatch.js';
import { shapesWithin, type TimedModel } from './TimedModel.js';

const CLASSES = 4;

/** delira's U-Net for volumes, of depth 5 with 64 filters, trained by Dice and cross-entropy. */
export const unet3d: TimedModel = {
  shapes: {
    train: [...shapesWithin(0.65, [1, 1, 64, 64, 64]), ...shapesWithin(1, [1, 1, 32, 32, 32])],
    predict: shapesWithin(0.8, [1, 1, 64, 64, 64], [1, 1, 32, 32, 32], [4, 1, 32, 32, 32]),
  },
  create: ([, inChannels = 1]) => new UNet3d({ inChannels, numClasses: CLASSES }),
  losses: { diceCrossEntropy: diceCrossEntropyLoss() },
  batch: (shape, seed) => imagesWithMask(shape, CLASSES, seed),
};
