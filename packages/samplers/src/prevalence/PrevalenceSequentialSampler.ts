import { type LabelKeyOptions, type LabelSource, labelsOf } from '../LabelSource.js';
import { PrevalenceSampler, type PrevalenceSamplerOptions, sequentialWalk } from './PrevalenceSampler.js';

/** Balanced batches that walk through each class in order, from its start again after its end. An epoch has as many samples as the dataset, in full batches. */
export class PrevalenceSequentialSampler extends PrevalenceSampler {
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
  ): Promise<PrevalenceSequentialSampler> {
    return new PrevalenceSequentialSampler(await labelsOf(dataset, options), options);
  }

  protected override walk(members: Int32Array): () => number {
    return sequentialWalk(members);
  }
}
