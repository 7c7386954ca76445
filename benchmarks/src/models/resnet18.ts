import { createRng, ndarray, zeros } from '@delira/core';
import { ResNet18 } from '@delira/models-classification';
import { crossEntropyLoss } from '@delira/nn';
import type { TimedModel } from './TimedModel.js';

const CLASSES = 10;

/** torchvision's ResNet18 with ten classes. */
export const resnet18: TimedModel = {
  shape: [32, 1, 64, 64],
  create: ([, inChannels = 1]) => new ResNet18({ inChannels, numClasses: CLASSES }),
  losses: { crossEntropy: crossEntropyLoss() },
  batch(shape, seed) {
    const rng = createRng(seed);
    const data = zeros(shape);
    rng.fillNormal(data.data);
    const label = Int32Array.from({ length: shape[0] ?? 1 }, () => rng.int(CLASSES));
    return { data, label: ndarray(label, [label.length], 'int32') };
  },
};
