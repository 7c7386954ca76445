import type { Network, Sample } from '@delira/core';
import type { NamedLoss } from '@delira/nn';

/** A network that can be timed, with its loss and batches of noise. */
export interface TimedModel {
  /** Default shape of a batch of images: [N, C, ...spatial]. */
  readonly shape: readonly number[];
  create(shape: readonly number[]): Network;
  readonly losses: Readonly<Record<string, NamedLoss>>;
  /** Speed does not depend on what the images show. */
  batch(shape: readonly number[], seed: number): Sample;
}
