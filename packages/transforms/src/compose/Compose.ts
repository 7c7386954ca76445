import type { Rng, Sample } from '@delira/core';
import { Augmentation, type Augmented } from '../Augmentation.js';
import { checkCount } from './checkCount.js';

/** Several transforms in their order (delira's and batchgenerators' `Compose`). Parameters: those of each, in the same order. */
export class Compose extends Augmentation<readonly unknown[]> {
  readonly name = 'Compose';
  readonly transforms: readonly Augmentation[];

  constructor(transforms: readonly Augmentation[]) {
    super();
    this.transforms = transforms;
  }

  override draw(sample: Sample, rng: Rng): readonly unknown[] {
    return this.augment(sample, rng).parameters;
  }

  override apply(sample: Sample, parameters: readonly unknown[]): Sample {
    checkCount(parameters, this.transforms.length);
    return this.transforms.reduce((current, transform, index) => transform.replay(current, parameters[index]), sample);
  }

  // What a transform draws may depend on what those before it did, so that drawing means applying.
  override augment(sample: Sample, rng: Rng): Augmented<readonly unknown[]> {
    const parameters: unknown[] = [];
    let current = sample;
    this.transforms.forEach((transform, index) => {
      // A stream for each: one that draws more does not change what those after it draw.
      const augmented = transform.augment(current, rng.fork(index));
      current = augmented.sample;
      parameters.push(augmented.parameters);
    });
    return { sample: current, parameters };
  }
}
