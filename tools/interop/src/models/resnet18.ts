import { ResNet18, type ResNet18Options } from '@delira/models-classification';
import type { ImageShape } from '../data/digitVolumes.js';
import type { ComparedModel, Comparison } from './Comparison.js';
import { adamOnly, bothOptimizers } from './optimizers.js';
import { classifyingDigits } from './supervised.js';

/** ResNet18 on digits of one shape. */
export const resnet18On = (shape: ImageShape, options: ResNet18Options = {}): Comparison => ({
  ...classifyingDigits(shape),
  label: `resnet18${shape.length === 5 ? '-3d' : ''} [${shape.join(', ')}]`,
  twin: 'resnet18',
  create: () => new ResNet18({ inChannels: 1, numClasses: 10, ...options }),
  optimizers: bothOptimizers,
  steps: 20,
  gradientBatches: 12,
});

/** torchvision's ResNet18. */
export const resnet18: ComparedModel = {
  name: 'resnet18',
  /**
   * Small enough for a plain TypeScript interpreter (two seconds a step). Not smaller: the last maps have one pixel, and batch norm over
   * four images is so chaotic that rounding differences of 1e-15 grow to 1e-7 in six steps.
   */
  reference: [{ ...resnet18On([16, 1, 28, 28]), gradientBatches: 1 }],
  engine: [resnet18On([32, 1, 28, 28]), resnet18On([16, 1, 64, 64])],
  files: { ...resnet18On([8, 1, 28, 28]), steps: 4 },
};

const volumesOn = (shape: ImageShape, options: ResNet18Options = {}): Comparison => ({
  ...resnet18On(shape, { spatialDims: 3, ...options }),
  optimizers: adamOnly,
  steps: 10,
  gradientBatches: 6,
});

/** The same network for volumes. */
export const resnet18Volumes: ComparedModel = {
  name: 'resnet18-3d',
  reference: [volumesOn([12, 1, 8, 28, 28], { features: 8 })],
  engine: [
    volumesOn([16, 1, 16, 32, 32], { features: 16 }),
    { ...volumesOn([2, 1, 16, 64, 64]), steps: 0, gradientBatches: 3 },
  ],
  files: { ...volumesOn([4, 1, 16, 28, 28], { features: 8 }), steps: 2 },
};
