import { crossEntropyLoss, diceCrossEntropyLoss } from '@delira/nn';
import { digitBatches, digitMasks, type ImageShape } from '../data/digitVolumes.js';
import type { Comparison } from './Comparison.js';

type Data = Pick<Comparison, 'losses' | 'lossNames' | 'prediction' | 'batches' | 'predicted'>;

const fromImages = {
  lossNames: ['loss'],
  prediction: 'pred',
  predicted: ({ data }) => (data === undefined ? {} : { data }),
} as const satisfies Partial<Comparison>;

/** A network that learns the class of whole digits by cross-entropy. */
export const classifyingDigits = (shape: ImageShape): Data => ({
  ...fromImages,
  losses: { crossEntropy: crossEntropyLoss() },
  batches: (count) => digitBatches(count, shape),
});

/** A network that learns the class of every pixel of digits, by Dice and cross-entropy. */
export const segmentingDigits = (shape: ImageShape): Data => ({
  ...fromImages,
  losses: { diceCrossEntropy: diceCrossEntropyLoss() },
  batches: (count) => digitMasks(count, shape),
});
