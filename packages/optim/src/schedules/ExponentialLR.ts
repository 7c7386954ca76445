import { exponentialSchedule, type ExponentialScheduleOptions } from './exponentialSchedule.js';
import type { Schedule } from './Schedule.js';

/** `exponentialSchedule` by PyTorch's name. */
export function ExponentialLR(options: ExponentialScheduleOptions): Schedule {
  return exponentialSchedule(options);
}
