import type { Network, Sample, Tensor } from '@delira/core';
import type { NamedLoss } from '@delira/nn';

/** What is timed: a step that learns from a batch, or a prediction of one. */
export type Mode = 'train' | 'predict';

/** Any network, whatever its batch and its predictions are called. */
export type AnyNetwork = Network<Readonly<Record<string, Tensor>>, Readonly<Record<string, Tensor>>>;

export interface TimedShape {
  /** Of a batch of images: [N, C, ...spatial]. */
  readonly shape: readonly number[];
  /** The most of PyTorch's time that ours may take. */
  readonly limit: number;
}

/** A network that can be timed, with its losses and batches of noise. */
export interface TimedModel {
  /** What the benches time; the first is what they take when no shape is named. */
  readonly shapes: Readonly<Record<Mode, readonly [TimedShape, ...TimedShape[]]>>;
  create(shape: readonly number[]): AnyNetwork;
  /** Empty where the network's own step computes them. */
  readonly losses: Readonly<Record<string, NamedLoss>>;
  /** Speed does not depend on what the images show. */
  batch(shape: readonly number[], seed: number, mode: Mode): Sample;
}

/** A list of shapes that keep one limit. */
export const shapesWithin = (
  limit: number,
  first: readonly number[],
  ...others: readonly (readonly number[])[]
): readonly [TimedShape, ...TimedShape[]] => [{ shape: first, limit }, ...others.map((shape) => ({ shape, limit }))];
