import { groupByClass, type LabelKeyOptions, type LabelSource, labelsOf } from '../LabelSource.js';
import { WeightedRandomSampler, type WeightedRandomSamplerOptions } from '../WeightedRandomSampler.js';

/** What `WeightedRandomSampler` takes, without the weights: the classes determine them. */
export type WeightedPrevalenceRandomSamplerOptions = Omit<WeightedRandomSamplerOptions, 'weights'>;

/**
 * Draws every class equally often on average, whatever the batch size: a sample of a class with n members out of K classes has the weight
 * 1 / (K · n).
 */
export class WeightedPrevalenceRandomSampler extends WeightedRandomSampler {
  /**
   * @param labels the class of each sample.
   * @throws ArgumentError for unusable labels, seed or number of samples.
   */
  constructor(labels: ArrayLike<number>, options: WeightedPrevalenceRandomSamplerOptions = {}) {
    super(labels.length, { ...options, weights: balancedWeights(labels) });
  }

  /** Reads the class of every sample; see `LabelKeyOptions` for what that loads. */
  static override async fromDataset(
    dataset: LabelSource,
    options: WeightedPrevalenceRandomSamplerOptions & LabelKeyOptions = {},
  ): Promise<WeightedPrevalenceRandomSampler> {
    return new WeightedPrevalenceRandomSampler(await labelsOf(dataset, options), options);
  }
}

function balancedWeights(labels: ArrayLike<number>): Float64Array {
  const classes = groupByClass(labels);
  const weights = new Float64Array(labels.length);
  for (const members of classes) {
    for (const index of members) weights[index] = 1 / (classes.length * members.length);
  }
  return weights;
}
