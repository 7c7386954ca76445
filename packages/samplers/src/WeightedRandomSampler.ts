import { ArgumentError, createRng, type Rng } from '@delira/core';
import { candidatesOf, type IndexSource } from './IndexSource.js';
import { checkCount, checkEpoch } from './checks.js';
import type { Sampler } from './Sampler.js';

export interface WeightedRandomSamplerOptions {
  /** One per candidate, not negative, not all zero; they need not sum to 1. Default: all equal. */
  readonly weights?: ArrayLike<number>;
  /** Any safe integer; default 0. */
  readonly seed?: number;
  /** `false` draws each index at most once per epoch. Default `true`, as in PyTorch. */
  readonly replacement?: boolean;
  /** Indices per epoch; default: as many as there are to draw from. */
  readonly numSamples?: number;
}

/** Random indices, each as likely as its weight says. */
export class WeightedRandomSampler implements Sampler {
  readonly length: number;
  readonly #candidates: Int32Array;
  readonly #weights: Float64Array;
  readonly #rng: Rng;
  readonly #replacement: boolean;

  /** @throws ArgumentError for an unusable source, seed, number of samples or weights. */
  constructor(source: IndexSource, options: WeightedRandomSamplerOptions = {}) {
    const candidates = candidatesOf(source);
    const { seed = 0, replacement = true, numSamples = candidates.length } = options;
    checkCount('numSamples', numSamples);
    this.#weights = checkedWeights(options.weights ?? new Float64Array(candidates.length).fill(1), candidates.length);
    const possible = this.#weights.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0);
    if (!replacement && numSamples > possible)
      throw new ArgumentError(
        `Cannot draw ${numSamples} samples without replacement: ${possible} have a weight above zero. Lower numSamples, or set replacement: true.`,
      );
    this.length = numSamples;
    this.#candidates = candidates;
    this.#rng = createRng(seed).fork('sampler');
    this.#replacement = replacement;
  }

  /** Weights belong to the samples in order; nothing is loaded. */
  static fromDataset(
    dataset: { readonly length: number },
    options: WeightedRandomSamplerOptions = {},
  ): Promise<WeightedRandomSampler> {
    return Promise.resolve(new WeightedRandomSampler(dataset, options));
  }

  /** @throws ArgumentError unless the epoch is a non-negative integer. */
  indices(epoch: number): Iterable<number> {
    checkEpoch(epoch);
    const rng = this.#rng.fork(epoch);
    const positions = this.#replacement ? this.#independent(rng) : this.#distinct(rng);
    return positions.map((position) => this.#candidates[position]!).values();
  }

  #independent(rng: Rng): Int32Array {
    let total = 0;
    const cumulative = this.#weights.map((weight) => (total += weight));
    return Int32Array.from({ length: this.length }, () => firstAbove(cumulative, rng.uniform() * total));
  }

  /** The largest of log(u) / weight, as many as asked for (Efraimidis and Spirakis, Information Processing Letters 97, 2006). */
  #distinct(rng: Rng): Int32Array {
    const keys = this.#weights.map((weight) => {
      const uniform = 1 - rng.uniform();
      return weight > 0 ? Math.log(uniform) / weight : -Infinity;
    });
    return Int32Array.from(keys, (_, position) => position)
      .sort((a, b) => keys[b]! - keys[a]! || a - b)
      .subarray(0, this.length);
  }
}

function checkedWeights(weights: ArrayLike<number>, count: number): Float64Array {
  if (weights.length !== count)
    throw new ArgumentError(`There must be one weight per sample: got ${weights.length} weights for ${count} samples.`);
  for (let position = 0; position < count; position++) {
    const weight = weights[position]!;
    if (!Number.isFinite(weight) || weight < 0)
      throw new ArgumentError(
        `Weights are finite and not negative, but the weight at position ${position} is ${weight}.`,
      );
  }
  const checked = Float64Array.from(weights);
  const total = checked.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0 && Number.isFinite(total)))
    throw new ArgumentError(`The weights must have a finite sum above zero, got ${total}.`);
  return checked;
}

/** The first position whose value is above `threshold`: never one of weight zero. */
function firstAbove(cumulative: Float64Array, threshold: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! > threshold) high = middle;
    else low = middle + 1;
  }
  return low;
}
