import type { Entries, NamedLoss } from './NamedLoss.js';

/** A loss times a factor: losses of a network are summed, this weights them. */
export function scaleLoss(loss: NamedLoss, factor: number): NamedLoss {
  return (prediction: Entries, batch: Entries) => loss(prediction, batch).mul(factor);
}
