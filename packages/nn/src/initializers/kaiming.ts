import type { Initializer } from '@delira/core';
import { fansOf } from './fansOf.js';
import { gainOf, type Nonlinearity } from './gainOf.js';
import { normal } from './normal.js';
import { uniform } from './uniform.js';

export interface KaimingOptions {
  /** Keep the variance of the activations (`'in'`) or of their gradients (`'out'`). Default `'in'`. */
  readonly fan?: 'in' | 'out';
  /** Default `'relu'`. */
  readonly nonlinearity?: Nonlinearity;
}

function deviationOf(shape: readonly number[], { fan = 'in', nonlinearity = 'relu' }: KaimingOptions): number {
  const { fanIn, fanOut } = fansOf(shape);
  return gainOf(nonlinearity) / Math.sqrt(fan === 'in' ? fanIn : fanOut);
}

/** Normal with deviation gain / √fan (He et al., 2015), as PyTorch's `kaiming_normal_`. */
export function kaimingNormal(options: KaimingOptions = {}): Initializer {
  return (rng, shape) => normal(0, deviationOf(shape, options))(rng, shape);
}

/** Uniform within ±gain · √(3 / fan) (He et al., 2015), as PyTorch's `kaiming_uniform_`. */
export function kaimingUniform(options: KaimingOptions = {}): Initializer {
  return (rng, shape) => {
    const bound = Math.sqrt(3) * deviationOf(shape, options);
    return uniform(-bound, bound)(rng, shape);
  };
}
