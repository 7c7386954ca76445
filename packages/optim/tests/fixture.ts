import { readFileSync } from 'node:fs';
import { adam, adamW, rmsProp, sgd } from '../src/index.js';
import type { Optimizer } from '@delira/core';
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
export const fixture = JSON.parse(readFileSync(new URL('./fixtures/pytorch.json', import.meta.url), 'utf8')) as Fixture;

const factories = { sgd, adam, adamw: adamW, rmsprop: rmsProp };

export function optimizerOf({ type, betas, ...options }: Description): Optimizer {
  const [beta1, beta2] = betas ?? [];
  return factories[type]({ ...options, ...(betas === undefined ? {} : { beta1: beta1!, beta2: beta2! }) });
}
