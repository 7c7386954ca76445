import { startTask } from '@delira/brain-atlas';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTask } from './task.js';

await startTask(
  {
    script: 'segmentation-3d',
    about:
      'Trains a 3D U-Net on one half of a brain, predicts the whole by overlapping patches and judges the other half.',
    full: { epochs: 18, steps: 50, batchSize: 1, learningRate: 0.003 },
    smoke: { epochs: 1, steps: 10, batchSize: 1, dice: 0.1 },
    output: resolve(fileURLToPath(import.meta.url), '../../output'),
  },
  createTask,
);
