import type { Rng, Sample } from '@delira/core';
import type { Augmentation } from './Augmentation.js';

export interface ToTransformOptions<P> {
  /** Told what was drawn for each sample. */
  readonly onDraw?: (parameters: P) => void;
}

/**
 * An augmentation as the function that loaders and their workers take (`Transform` of `@delira/data-loading`).
 *
 * @throws TransformError (the function) naming the transform that failed and what it drew.
 */
export function toTransform<P>(
  augmentation: Augmentation<P>,
  { onDraw }: ToTransformOptions<P> = {},
): (sample: Sample, rng: Rng) => Sample {
  return (sample, rng) => {
    const { sample: changed, parameters } = augmentation.augment(sample, rng);
    onDraw?.(parameters);
    return changed;
  };
}
