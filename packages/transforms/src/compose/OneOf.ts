import { ArgumentError, type Rng, type Sample } from '@delira/core';
import { Augmentation, type Augmented } from '../Augmentation.js';

export interface OneOfOptions {
  /** How often each is chosen, relative to the others; default equally often. */
  readonly weights?: readonly number[];
}

/** Which transform was chosen, and what it drew. */
export interface OneOfParameters {
  readonly index: number;
  readonly parameters: unknown;
}

/** Applies one of several transforms, drawn for each sample (MONAI's and TorchIO's `OneOf`). */
export class OneOf extends Augmentation<OneOfParameters> {
  readonly name = 'OneOf';
  readonly transforms: readonly Augmentation[];
  readonly weights: readonly number[];

  /** @throws ArgumentError when there is no transform, or the weights do not fit them. */
  constructor(transforms: readonly Augmentation[], { weights = transforms.map(() => 1) }: OneOfOptions = {}) {
    super();
    if (transforms.length === 0) throw new ArgumentError('OneOf was given no transforms to choose from.');
    if (weights.length !== transforms.length)
      throw new ArgumentError(`OneOf was given ${weights.length} weights for ${transforms.length} transforms.`);
    if (!weights.every((weight) => weight >= 0 && weight < Infinity) || weights.every((weight) => weight === 0))
      throw new ArgumentError(
        `The weights ${weights.join(', ')} choose nothing. Expected numbers from 0, not all of them 0.`,
      );
    this.transforms = transforms;
    this.weights = weights;
  }

  override draw(sample: Sample, rng: Rng): OneOfParameters {
    return this.augment(sample, rng).parameters;
  }

  override apply(sample: Sample, { index, parameters }: OneOfParameters): Sample {
    const transform = this.transforms[index];
    if (transform === undefined)
      throw new ArgumentError(`There is no transform ${index} among ${this.transforms.length}.`);
    return transform.replay(sample, parameters);
  }

  override augment(sample: Sample, rng: Rng): Augmented<OneOfParameters> {
    const index = this.#choose(rng);
    const augmented = this.transforms[index]!.augment(sample, rng.fork(index));
    return { sample: augmented.sample, parameters: { index, parameters: augmented.parameters } };
  }

  #choose(rng: Rng): number {
    const total = this.weights.reduce((sum, weight) => sum + weight, 0);
    let left = rng.uniform() * total;
    for (const [index, weight] of this.weights.entries()) {
      if (left < weight) return index;
      left -= weight;
    }
    return this.weights.findLastIndex((weight) => weight > 0);
  }
}
