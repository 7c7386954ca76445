import type { Rng, Sample } from '@delira/core';
import { Augmentation, type Augmented } from '../Augmentation.js';
import { checkProbability } from './checkProbability.js';

export interface RandomApplyOptions {
  /** Default 0.5. */
  readonly probability?: number;
}

/** Applies a transform to some samples and leaves the others alone (`p_per_sample` of batchgenerators). Parameters: its own, or `null`. */
export class RandomApply<P> extends Augmentation<P | null> {
  readonly name = 'RandomApply';
  readonly transform: Augmentation<P>;
  readonly probability: number;

  /** @throws ArgumentError when the probability does not lie in [0, 1]. */
  constructor(transform: Augmentation<P>, { probability = 0.5 }: RandomApplyOptions = {}) {
    super();
    this.transform = transform;
    this.probability = checkProbability(probability);
  }

  override draw(sample: Sample, rng: Rng): P | null {
    return rng.uniform() < this.probability ? this.transform.draw(sample, rng.fork('applied')) : null;
  }

  override apply(sample: Sample, parameters: P | null): Sample {
    return parameters === null ? sample : this.transform.replay(sample, parameters);
  }

  override augment(sample: Sample, rng: Rng): Augmented<P | null> {
    return rng.uniform() < this.probability
      ? this.transform.augment(sample, rng.fork('applied'))
      : { sample, parameters: null };
  }
}
