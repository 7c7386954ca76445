import { UNet3d, type UNetOptions } from '@delira/models-segmentation';
import type { ImageShape } from '../data/digitVolumes.js';
import type { ComparedModel, Comparison } from './Comparison.js';
import { adamOnly } from './optimizers.js';
import { segmentingDigits } from './supervised.js';

const on = (what: string, shape: ImageShape, options: Partial<UNetOptions>): Comparison => ({
  ...segmentingDigits(shape),
  label: `unet3d${what} [${shape.join(', ')}]`,
  twin: 'unet3d',
  create: () => new UNet3d({ inChannels: 1, numClasses: 4, ...options }),
  optimizers: adamOnly,
  steps: 10,
  gradientBatches: 4,
});

const tiny = { startFilters: 4, depth: 3 };

/** delira's U-Net for volumes. */
export const unet3d: ComparedModel = {
  name: 'unet3d',
  reference: [
    on('', [2, 1, 8, 16, 16], tiny),
    on(', upsampled, instance norm', [1, 1, 8, 16, 14], { ...tiny, upMode: 'upsample', norm: 'instance', bias: false }),
    on(', added, batch norm', [2, 1, 8, 16, 16], { ...tiny, mergeMode: 'add', norm: 'batch', bias: false }),
  ],
  engine: [
    on('', [1, 1, 16, 32, 32], { startFilters: 8, depth: 4 }),
    on(', instance norm', [1, 1, 12, 30, 32], { startFilters: 8, depth: 3, norm: 'instance', bias: false }),
    { ...on(', 32 filters', [1, 1, 16, 32, 32], { startFilters: 32 }), steps: 0, gradientBatches: 3 },
  ],
  files: { ...on('', [2, 1, 8, 15, 16], { ...tiny, norm: 'instance', bias: false }), steps: 2 },
};
