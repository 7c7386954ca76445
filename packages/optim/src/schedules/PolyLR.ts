import { checkOption } from '../checkOption.js';
import { polynomialSchedule } from './polynomialSchedule.js';
import type { Schedule } from './Schedule.js';

export interface PolyLROptions {
  readonly initial: number;
  /** Updates, or `perEpoch` epochs, until 0, which then stays. */
  readonly maxSteps: number;
  /** Default 0.9. */
  readonly exponent?: number;
}

/**
 * initial · (1 − count / maxSteps)^exponent, equal to nnU-Net's `PolyLRScheduler` up to its end.
 *
 * @throws ArgumentError unless `maxSteps` is greater than 0.
 */
export function PolyLR({ initial, maxSteps, exponent = 0.9 }: PolyLROptions): Schedule {
  checkOption('PolyLR', 'maxSteps', maxSteps, { from: 0, exclusive: true });
  return polynomialSchedule({ initial, steps: maxSteps, power: exponent });
}
