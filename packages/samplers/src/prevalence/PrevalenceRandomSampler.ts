import type { Rng } from '@delira/core';
import { type LabelKeyOptions, type LabelSource, labelsOf } from '../LabelSource.js';
import { PrevalenceSampler, type PrevalenceSamplerOptions, randomWalk } from './PrevalenceSampler.js';

/** Balanced batches of random members of each class, drawn with replacement. An epoch has as many samples as the dataset, in full batches. */
export class PrevalenceRandomSampler extends PrevalenceSampler {
  /**
   * @param labels the class of each sample.
   * @throws ArgumentError for unusable labels, batch size or seed.
   */
  constructor(labels: ArrayLike<number>, options: PrevalenceSamplerOptions) {
    super(labels, options, false);
  }

  /** Reads the class of every sample; see `LabelKeyOptions` for what that loads. */
  static async fromDataset(
    dataset: LabelSource,
    options: PrevalenceSamplerOptions & LabelKeyOptions,
  ): Promise<PrevalenceRandomSampler> {
    return new PrevalenceRandomSampler(await labelsOf(dataset, options), options);
  }

  protected override walk(members: Int32Array, rng: Rng): () => number {
    return randomWalk(members, rng);
  }
}
