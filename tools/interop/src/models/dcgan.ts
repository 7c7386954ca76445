import { createRng, zeros } from '@delira/core';
import { DCGAN } from '@delira/models-gan';
import { digitsAlone, type ImageShape } from '../data/digitVolumes.js';
import type { ComparedModel, Comparison } from './Comparison.js';
import { dcganAdam } from './optimizers.js';

const on = (
  what: string,
  shape: ImageShape,
  { features, noiseLength }: { features: number; noiseLength: number },
): Comparison => ({
  label: `dcgan${what} [${shape.join(', ')}]`,
  twin: 'dcgan',
  create: () => new DCGAN({ inChannels: 1, features, noiseLength, imageSize: shape[2] ?? 64 }),
  losses: {},
  lossNames: ['lossD', 'lossG'],
  prediction: 'image',
  optimizers: dcganAdam,
  steps: 10,
  gradientBatches: 4,
  batches: (count) => digitsAlone(count, shape),
  predicted: () => {
    const noise = zeros([shape[0], noiseLength]);
    createRng(2).fillNormal(noise.data);
    return { noise };
  },
});

/** Two networks that train each other, each with an optimizer of its own. */
export const dcgan: ComparedModel = {
  name: 'dcgan',
  reference: [on('', [8, 1, 64, 64], { features: 4, noiseLength: 10 })],
  engine: [
    on('', [16, 1, 64, 64], { features: 16, noiseLength: 100 }),
    { ...on(', full size', [8, 1, 64, 64], { features: 64, noiseLength: 100 }), steps: 0, gradientBatches: 3 },
  ],
  files: { ...on('', [4, 1, 32, 32], { features: 8, noiseLength: 10 }), steps: 2 },
};
