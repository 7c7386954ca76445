import { startTask } from '@delira/brain-atlas';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTask } from './task.js';

await startTask(
  {
    script: 'segmentation-2d',
    about: 'Trains a 2D U-Net on slices of one half of a brain, predicts the whole and judges the other half.',
    full: { epochs: 12, steps: 30, batchSize: 8, learningRate: 0.003 },
    smoke: { epochs: 1, steps: 40, batchSize: 8, dice: 0.2 },
    output: resolve(fileURLToPath(import.meta.url), '../../output'),
  },
  createTask,
);
