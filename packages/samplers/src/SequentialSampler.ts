import { candidatesOf, type IndexSource } from './IndexSource.js';
import type { Sampler } from './Sampler.js';

/** Every index once, in order; the same in every epoch. */
export class SequentialSampler implements Sampler {
  readonly length: number;
  readonly #candidates: Int32Array;

  /** @throws ArgumentError when the source is empty or holds something that is not an index. */
  constructor(source: IndexSource) {
    this.#candidates = candidatesOf(source);
    this.length = this.#candidates.length;
  }

  static fromDataset(dataset: { readonly length: number }): Promise<SequentialSampler> {
    return Promise.resolve(new SequentialSampler(dataset));
  }

  indices(): Iterable<number> {
    return this.#candidates.values();
  }
}
