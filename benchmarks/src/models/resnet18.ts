import { ResNet18 } from '@delira/models-classification';
import { crossEntropyLoss } from '@delira/nn';
import { imagesWithClass } from './randomBatch.js';
import { shapesWithin, type TimedModel } from './TimedModel.js';

const CLASSES = 10;

const classifier: Pick<TimedModel, 'losses' | 'batch'> = {
  losses: { crossEntropy: crossEntropyLoss() },
  batch: (shape, seed) => imagesWithClass(shape, CLASSES, seed),
};

/** torchvision's ResNet18 with ten classes. */
export const resnet18: TimedModel = {
  ...classifier,
  shapes: {
    train: shapesWithin(0.9, [32, 1, 64, 64], [64, 1, 28, 28]),
    predict: shapesWithin(0.8, [32, 1, 64, 64], [1, 1, 64, 64], [8, 1, 64, 64]),
  },
  create: ([, inChannels = 1]) => new ResNet18({ inChannels, numClasses: CLASSES }),
};

/** The same network for volumes. */
export const resnet18Volumes: TimedModel = {
  ...classifier,
  shapes: {
    train: shapesWithin(0.9, [2, 1, 64, 64, 64], [8, 1, 32, 32, 32]),
    predict: shapesWithin(0.8, [2, 1, 64, 64, 64], [1, 1, 64, 64, 64], [8, 1, 32, 32, 32]),
  },
  create: ([, inChannels = 1]) => new ResNet18({ inChannels, numClasses: CLASSES, spatialDims: 3 }),
};
