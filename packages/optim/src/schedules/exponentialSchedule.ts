import type { Schedule } from './Schedule.js';

export interface ExponentialScheduleOptions {
  readonly initial: number;
  /** Factor of each step. */
  readonly gamma: number;
}

/** initial · gamma^step, equal to PyTorch's `ExponentialLR`. */
export function exponentialSchedule({ initial, gamma }: ExponentialScheduleOptions): Schedule {
  return (step) => initial * gamma ** step;
}
