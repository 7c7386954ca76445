import { VGG3D } from '@delira/models-classification';
import { crossEntropyLoss } from '@delira/nn';
import { imagesWithClass } from './randomBatch.js';
import { shapesWithin, type TimedModel } from './TimedModel.js';

const CLASSES = 10;

/** delira's VGG for volumes, dropout included. */
export const vgg3d: TimedModel = {
  shapes: {
    train: shapesWithin(0.9, [1, 1, 32, 128, 128], [4, 1, 32, 64, 64]),
    predict: shapesWithin(0.8, [1, 1, 32, 128, 128], [4, 1, 32, 64, 64], [1, 1, 32, 64, 64]),
  },
  create: ([, inChannels = 1]) => new VGG3D({ inChannels, numClasses: CLASSES }),
  losses: { crossEntropy: crossEntropyLoss() },
  batch: (shape, seed) => imagesWithClass(shape, CLASSES, seed),
};
