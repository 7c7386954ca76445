import { oneCycleSchedule, type OneCycleScheduleOptions } from './oneCycleSchedule.js';
import type { Schedule } from './Schedule.js';

export interface OneCycleLROptions extends Omit<OneCycleScheduleOptions, 'maximum'> {
  /** Largest value. */
  readonly maxLR: number;
}

/**
 * `oneCycleSchedule` by PyTorch's names.
 *
 * @throws ArgumentError for an option out of range.
 */
export function OneCycleLR({ maxLR, ...others }: OneCycleLROptions): Schedule {
  return oneCycleSchedule({ ...others, maximum: maxLR });
}
