import { multiStepSchedule, type MultiStepScheduleOptions } from './multiStepSchedule.js';
import type { Schedule } from './Schedule.js';

/**
 * `multiStepSchedule` by PyTorch's name.
 *
 * @throws ArgumentError unless the milestones increase.
 */
export function MultiStepLR(options: MultiStepScheduleOptions): Schedule {
  return multiStepSchedule(options);
}
