import type { Optimizer } from '@delira/core';
import { adam, sgd } from '@delira/optim';
import type { PytorchRun } from './trainInPytorch.js';

/** The same optimizer in both worlds, with the learning rates people use. */
export interface OptimizerPair {
  readonly name: string;
  readonly create: () => Optimizer;
  readonly pytorch: PytorchRun['optimizer'];
}

export const optimizerPairs: readonly OptimizerPair[] = [
  {
    name: 'sgd',
    create: () => sgd({ lr: 0.01, momentum: 0.9 }),
    pytorch: { type: 'sgd', lr: 0.01, momentum: 0.9 },
  },
  { name: 'adam', create: () => adam({ lr: 0.001 }), pytorch: { type: 'adam', lr: 0.001 } },
];
