import { VGG3D, type VGG3DOptions } from '@delira/models-classification';
import type { ImageShape } from '../data/digitVolumes.js';
import type { ComparedModel, Comparison } from './Comparison.js';
import { adamOnly, sgdOnly } from './optimizers.js';
import { classifyingDigits } from './supervised.js';

/** VGG3D on digits of one shape. */
export const vgg3dOn = (what: string, shape: ImageShape, options: VGG3DOptions = {}): Comparison => ({
  ...classifyingDigits(shape),
  label: `vgg3d${what} [${shape.join(', ')}]`,
  twin: 'vgg3d',
  create: () => new VGG3D({ inChannels: 1, numClasses: 10, ...options }),
  optimizers: adamOnly,
  steps: 10,
  gradientBatches: 6,
});

const tiny: VGG3DOptions = { features: 4, hidden: [64, 16] };

/** delira's VGG for volumes; both sides drop the same units. */
export const vgg3d: ComparedModel = {
  name: 'vgg3d',
  reference: [{ ...vgg3dOn('', [4, 1, 29, 47, 45], tiny), optimizers: sgdOnly }],
  engine: [
    vgg3dOn('', [4, 1, 29, 47, 45], { features: 16, hidden: [128, 32] }),
    { ...vgg3dOn(', full size', [1, 1, 32, 64, 64]), steps: 0, gradientBatches: 3 },
  ],
  files: { ...vgg3dOn('', [3, 1, 27, 43, 43], tiny), steps: 2 },
};
