import { UNet2d, type UNetOptions } from '@delira/models-segmentation';
import type { ImageShape } from '../data/digitVolumes.js';
import type { ComparedModel, Comparison } from './Comparison.js';
import { adamOnly } from './optimizers.js';
import { segmentingDigits } from './supervised.js';

const on = (what: string, shape: ImageShape, options: Partial<UNetOptions>): Comparison => ({
  ...segmentingDigits(shape),
  label: `unet2d${what} [${shape.join(', ')}]`,
  twin: 'unet2d',
  create: () => new UNet2d({ numClasses: 4, ...options }),
  optimizers: adamOnly,
  steps: 10,
  gradientBatches: 4,
});

const tiny = { startFilters: 4, depth: 4 };

/** delira's U-Net for images. */
export const unet2d: ComparedModel = {
  name: 'unet2d',
  reference: [
    on('', [2, 1, 16, 16], tiny),
    on(', upsampled, instance norm', [2, 1, 32, 32], { ...tiny, upMode: 'upsample', norm: 'instance', bias: false }),
    on(', added, batch norm', [4, 1, 32, 32], { ...tiny, mergeMode: 'add', norm: 'batch', bias: false }),
    on(', group norm, deep supervision', [2, 1, 30, 21], {
      ...tiny,
      norm: 'group',
      normGroups: 2,
      deepSupervision: true,
    }),
  ],
  engine: [
    on('', [2, 1, 64, 64], { startFilters: 16 }),
    on(', batch norm, deep supervision', [4, 1, 64, 64], {
      startFilters: 8,
      norm: 'batch',
      bias: false,
      deepSupervision: true,
    }),
    { ...on(', full size', [1, 1, 64, 64], {}), steps: 0, gradientBatches: 3 },
  ],
  files: { ...on('', [3, 1, 30, 32], { startFilters: 8, norm: 'batch', bias: false }), steps: 2 },
};
