import { type BatchSignature, type Optimizer, type Sample, TrainableSystem } from '@delira/core';
import type { Entries } from '@delira/nn';
import type { Comparison } from '../models/Comparison.js';

/** The network of a comparison with an optimizer for each of its groups; without one it only predicts. */
export function createSystem(
  { create, losses }: Comparison,
  optimizer?: () => Optimizer,
): TrainableSystem<Entries, Entries> {
  const network = create();
  if (optimizer === undefined) return new TrainableSystem(network, { losses });
  const groups = Object.keys(network.optimizerGroups());
  return new TrainableSystem(network, {
    losses,
    optimizers: Object.fromEntries(groups.map((group) => [group, optimizer()])),
  });
}

/** Shapes and dtypes of a batch. */
export const signatureOf = (batch: Sample): BatchSignature =>
  Object.fromEntries(Object.entries(batch).map(([name, { shape, dtype }]) => [name, { shape, dtype }]));
