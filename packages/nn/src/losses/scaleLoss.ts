import type { NamedLoss } from './NamedLoss.js';

/** A loss times a factor: losses of a network are summed, this weights them. */
export function scaleLoss(loss: NamedLoss, factor: number): NamedLoss {
  return (prediction, batch) => loss(prediction, batch).mul(factor);
}
