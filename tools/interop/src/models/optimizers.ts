import { adam, sgd } from '@delira/optim';
import type { OptimizerPair } from './Comparison.js';

const momentum: OptimizerPair = {
  name: 'sgd',
  create: () => sgd({ lr: 0.01, momentum: 0.9 }),
  pytorch: { type: 'sgd', lr: 0.01, momentum: 0.9 },
};

const adaptive: OptimizerPair = {
  name: 'adam',
  create: () => adam({ lr: 0.001 }),
  pytorch: { type: 'adam', lr: 0.001 },
};

/** With the learning rates people use. */
export const bothOptimizers = [momentum, adaptive] as const;

export const adamOnly = [adaptive] as const;

/**
 * For networks with a bias before batch norm: its gradient is zero but for rounding, and Adam, which divides by its size, would make a
 * random walk of it.
 */
export const sgdOnly = [momentum] as const;

/** The paper's constants for DCGAN (Radford et al., 2016). */
export const dcganAdam = [
  {
    name: 'adam',
    create: () => adam({ lr: 0.0002, beta1: 0.5 }),
    pytorch: { type: 'adam', lr: 0.0002, betas: [0.5, 0.999] },
  },
] as const satisfies readonly OptimizerPair[];
