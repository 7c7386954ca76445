import { checkOption } from '../checkOption.js';
import type { Schedule } from './Schedule.js';

export interface PolynomialScheduleOptions {
  readonly initial: number;
  /** Steps until the final value, which then stays. */
  readonly steps: number;
  /** Default 1: linear. nnU-Net uses 0.9. */
  readonly power?: number;
  /** Default 0. */
  readonly final?: number;
}

/**
 * final + (initial − final) · (1 − step / steps)^power, equal to PyTorch's `PolynomialLR` for a final value of 0.
 *
 * @throws ArgumentError unless `steps` is greater than 0.
 */
export function polynomialSchedule({ initial, steps, power = 1, final = 0 }: PolynomialScheduleOptions): Schedule {
  checkOption('polynomialSchedule', 'steps', steps, { from: 0, exclusive: true });
  return (step) => final + (initial - final) * (1 - Math.min(step / steps, 1)) ** power;
}
