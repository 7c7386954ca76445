import type { Pipeline } from '@delira/data-loading';
import { CacheDataset } from '@delira/data-loading';
import { toTransform } from '@delira/transforms';
import { type ChainName, createChain } from './chains.js';
import { createSample } from './samples.js';

export interface AugmentOptions {
  readonly chain: ChainName;
  readonly size: readonly number[];
}

/** Four samples in memory. */
export const SAMPLES = 4;

/** What workers build: samples that cost nothing to load, and a chain of transforms. */
export function createPipeline({ chain, size }: AugmentOptions): Pipeline {
  return {
    dataset: new CacheDataset(Array.from({ length: SAMPLES }, (_, index) => createSample(size, index))),
    transform: toTransform(createChain(chain, size)),
  };
}
