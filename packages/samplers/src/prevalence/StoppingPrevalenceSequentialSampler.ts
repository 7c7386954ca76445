import { type LabelKeyOptions, type LabelSource, labelsOf } from '../LabelSource.js';
import { PrevalenceSampler, type PrevalenceSamplerOptions, sequentialWalk } from './PrevalenceSampler.js';

/** Balanced batches that walk through each class in order. An epoch ends when one class is used up. */
export class StoppingPrevalenceSequentialSampler extends PrevalenceSampler {
  /**
   * @param labels the class of each sample.
   * @throws ArgumentError for unusable labels, batch size or seed.
   */
  constructor(labels: ArrayLike<number>, options: PrevalenceSamplerOptions) {
    super(labels, options, true);
  }

  /** Reads the class of every sample; see `LabelKeyOptions` for what that loads. */
  static async fromDataset(
    dataset: LabelSource,
    options: PrevalenceSamplerOptions & LabelKeyOptions,
  ): Promise<StoppingPrevalenceSequentialSampler> {
    return new StoppingPrevalenceSequentialSampler(await labelsOf(dataset, options), options);
  }

  protected override walk(members: Int32Array): () => number {
    return sequentialWalk(members);
  }
}
