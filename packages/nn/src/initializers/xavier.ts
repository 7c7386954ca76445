import type { Initializer } from '@delira/core';
import { fansOf } from './fansOf.js';
import { normal } from './normal.js';
import { uniform } from './uniform.js';

function deviationOf(shape: readonly number[], gain: number): number {
  const { fanIn, fanOut } = fansOf(shape);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
}

/** Normal with deviation gain · √(2 / (fanIn + fanOut)) (Glorot & Bengio, 2010), as PyTorch's `xavier_normal_`. Default gain 1. */
export function xavierNormal(gain = 1): Initializer {
  return (rng, shape) => normal(0, deviationOf(shape, gain))(rng, shape);
}

/** Uniform within ±gain · √(6 / (fanIn + fanOut)) (Glorot & Bengio, 2010), as PyTorch's `xavier_uniform_`. Default gain 1. */
export function xavierUniform(gain = 1): Initializer {
  return (rng, shape) => {
    const bound = Math.sqrt(3) * deviationOf(shape, gain);
    return uniform(-bound, bound)(rng, shape);
  };
}
