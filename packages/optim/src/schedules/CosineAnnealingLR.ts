import { checkOption } from '../checkOption.js';
import { cosineBetween } from './cosineSchedule.js';
import type { Schedule } from './Schedule.js';

export interface CosineAnnealingLROptions {
  /** Value at 0. */
  readonly initial: number;
  /** Updates, or `perEpoch` epochs, until the smallest value. */
  readonly tMax: number;
  /** Smallest value. Default 0. */
  readonly etaMin?: number;
}

/**
 * Cosine annealing (Loshchilov & Hutter, 2017), equal to PyTorch's `CosineAnnealingLR`: after `tMax` it rises again, where
 * `cosineSchedule` stays at its end.
 *
 * @throws ArgumentError unless `tMax` is greater than 0.
 */
export function CosineAnnealingLR({ initial, tMax, etaMin = 0 }: CosineAnnealingLROptions): Schedule {
  checkOption('CosineAnnealingLR', 'tMax', tMax, { from: 0, exclusive: true });
  return (count) => cosineBetween(initial, etaMin, count / tMax);
}
