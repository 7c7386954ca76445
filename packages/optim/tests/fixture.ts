import type { Optimizer } from '@delira/core';
import { loadFixture } from '@delira/testkit';
import { adam, adamW, rmsProp, sgd } from '../src/index.js';
import type { Values } from './trajectory.js';

interface Description {
  readonly type: 'sgd' | 'adam' | 'adamw' | 'rmsprop';
  readonly lr: number;
  readonly betas?: readonly [number, number];
  readonly [option: string]: unknown;
}

interface Fixture {
  readonly parameters: Values;
  readonly gradients: readonly Values[];
  readonly cases: readonly {
    readonly name: string;
    readonly optimizer: Description;
    readonly learningRates?: readonly number[];
    readonly trajectory: readonly Values[];
  }[];
  readonly clipByGlobalNorm: readonly {
    readonly maximumNorm: number;
    readonly norm: number;
    readonly clipped: Values;
  }[];
  readonly exponentialMovingAverage: {
    readonly decay: number;
    readonly steps: readonly { readonly weights: readonly number[]; readonly average: readonly number[] }[];
  };
}

/** What PyTorch computed, in float64. */
export const fixture = loadFixture<Fixture>(import.meta.url, 'pytorch');

export const tolerance = { rtol: 1e-12, atol: 1e-14 };

const factories = { sgd, adam, adamw: adamW, rmsprop: rmsProp };

export function optimizerOf({ type, betas, ...options }: Description): Optimizer {
  const [beta1, beta2] = betas ?? [];
  return factories[type]({ ...options, ...(betas === undefined ? {} : { beta1: beta1!, beta2: beta2! }) });
}
