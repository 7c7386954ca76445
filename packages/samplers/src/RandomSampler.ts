import { ArgumentError, createRng, permutation, type Rng } from '@delira/core';
import { checkCount, checkEpoch } from './checks.js';
import { candidatesOf, type IndexSource, isList } from './IndexSource.js';
import type { Sampler } from './Sampler.js';

export interface RandomSamplerOptions {
  /** Any safe integer; default 0. Equal seeds give equal orders in every epoch, on every machine. */
  readonly seed?: number;
  /** `true` draws each index independently, so some come twice and some never; default `false`: each at most once per epoch. */
  readonly replacement?: boolean;
  /** Indices per epoch; default: as many as there are to draw from. */
  readonly numSamples?: number;
}

/** Indices in random order, another order in each epoch. */
export class RandomSampler implements Sampler {
  readonly length: number;
  /** `null`: all that there are. */
  readonly #candidates: Int32Array | null;
  readonly #count: number;
  readonly #rng: Rng;
  readonly #replacement: boolean;

  /** @throws ArgumentError for an unusable source, seed or number of samples. */
  constructor(source: IndexSource, options: RandomSamplerOptions = {}) {
    const candidates = candidatesOf(source);
    const { seed = 0, replacement = false, numSamples = candidates.length } = options;
    checkCount('numSamples', numSamples);
    if (!replacement && numSamples > candidates.length) {
      throw new ArgumentError(
        `Cannot draw ${numSamples} samples out of ${candidates.length} without replacement. Lower numSamples, or set replacement: true.`,
      );
    }
    this.length = numSamples;
    this.#candidates = isList(source) ? candidates : null;
    this.#count = candidates.length;
    this.#rng = createRng(seed).fork('sampler');
    this.#replacement = replacement;
  }

  static fromDataset(dataset: { readonly length: number }, options: RandomSamplerOptions = {}): Promise<RandomSampler> {
    return Promise.resolve(new RandomSampler(dataset, options));
  }

  /** @throws ArgumentError unless the epoch is a non-negative integer. */
  indices(epoch: number): Iterable<number> {
    checkEpoch(epoch);
    const rng = this.#rng.fork(epoch);
    const candidates = this.#candidates;
    const positions = this.#replacement
      ? Int32Array.from({ length: this.length }, () => rng.int(this.#count))
      : permutation(this.#count, rng).subarray(0, this.length);
    return (candidates === null ? positions : positions.map((position) => candidates[position]!)).values();
  }
}
