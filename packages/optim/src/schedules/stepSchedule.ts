import { checkOption } from '../checkOption.js';
import type { Schedule } from './Schedule.js';

export interface StepScheduleOptions {
  readonly initial: number;
  /** Steps between two decays. */
  readonly every: number;
  /** Factor of each decay. Default 0.1. */
  readonly gamma?: number;
}

/**
 * initial · gamma^⌊step / every⌋, equal to PyTorch's `StepLR`.
 *
 * @throws ArgumentError unless `every` is at least 1.
 */
export function stepSchedule({ initial, every, gamma = 0.1 }: StepScheduleOptions): Schedule {
  checkOption('stepSchedule', 'every', every, { from: 1 });
  return (step) => initial * gamma ** Math.floor(step / every);
}
