import { ArgumentError, createRng, type Rng } from '@delira/core';
import { candidatesOf, type IndexSource } from './IndexSource.js';
import { checkCount, checkEpoch } from './checks.js';
import type { Sampler } from './Sampler.js';

/**
 * Chooses the next indices.
 *
 * @param candidates all indices, the same list every time.
 * @param count how many are wanted.
 * @param rng depends on seed, epoch and position, so a function that uses no other randomness keeps the sampler pure.
 * @returns `count` indices.
 */
export type Draw = (candidates: readonly number[], count: number, rng: Rng) => ArrayLike<number>;

export interface LambdaSamplerOptions {
  /** How many indices one call of the function gives. Default: the whole epoch. */
  readonly batchSize?: number;
  /** Any safe integer; default 0. */
  readonly seed?: number;
  /** Indices per epoch; default: as many as there are to draw from. */
  readonly numSamples?: number;
}

/** Indices that a function of yours chooses. The last call of an epoch is asked for what is left. */
export class LambdaSampler implements Sampler {
  readonly length: number;
  readonly batchSize?: number;
  readonly #candidates: readonly number[];
  readonly #draw: Draw;
  readonly #rng: Rng;

  /** @throws ArgumentError for an unusable source, seed, batch size or number of samples. */
  constructor(source: IndexSource, draw: Draw, options: LambdaSamplerOptions = {}) {
    this.#candidates = Object.freeze([...candidatesOf(source)]);
    const { batchSize, seed = 0, numSamples = this.#candidates.length } = options;
    checkCount('numSamples', numSamples);
    if (batchSize !== undefined) {
      checkCount('batchSize', batchSize);
      this.batchSize = batchSize;
    }
    this.length = numSamples;
    this.#draw = draw;
    this.#rng = createRng(seed).fork('sampler');
  }

  static fromDataset(
    dataset: { readonly length: number },
    options: LambdaSamplerOptions & { readonly draw: Draw },
  ): Promise<LambdaSampler> {
    return Promise.resolve(new LambdaSampler(dataset, options.draw, options));
  }

  /** @throws ArgumentError for an unusable epoch, or when the function gives another number of indices than asked for. */
  *indices(epoch: number): Iterable<number> {
    checkEpoch(epoch);
    const { length, batchSize = length } = this;
    for (let start = 0; start < length; start += batchSize) {
      const count = Math.min(batchSize, length - start);
      const drawn = this.#draw(this.#candidates, count, this.#rng.fork(epoch, start));
      if (drawn.length !== count)
        throw new ArgumentError(
          `The function of a LambdaSampler was asked for ${count} indices and gave ${drawn.length}. It must give as many as it is asked for.`,
        );
      yield* Array.from(drawn);
    }
  }
}
