import type { Shape } from '../ndarray/index.js';
import { currentTrace, type Tensor } from '../tensor/index.js';

/**
 * Random inputs of a step. The host draws them from (run seed, step, name) in float32, so they are equal on every engine and after a
 * resume. Name each draw: a name stays the same when other code changes.
 */
export const noise = {
  /** Uniform in [0, 1). */
  uniform: (name: string, shape: Shape): Tensor => currentTrace().noise(name, { shape, dtype: 'float32' }, 'uniform'),
  /** Standard normal. */
  normal: (name: string, shape: Shape): Tensor => currentTrace().noise(name, { shape, dtype: 'float32' }, 'normal'),
  /** 1 with probability `p`, else 0. */
  bernoulli: (name: string, shape: Shape, p: number): Tensor =>
    currentTrace().noise(name, { shape, dtype: 'float32' }, 'bernoulli', p),
};
