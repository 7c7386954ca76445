import { ArgumentError } from '@delira/core';
import { checkOption } from '../checkOption.js';
import type { Schedule } from './Schedule.js';

export interface WarmupScheduleOptions {
  /** Steps of linear growth. */
  readonly steps: number;
  /** What follows; its step 0 is step `steps` here. */
  readonly then: Schedule;
  /** Share of `then(0)` at step 0. Default 0. */
  readonly startFactor?: number;
}

/**
 * Grows linearly to the first value of another schedule, then follows it; equal to PyTorch's `LinearLR` followed by another scheduler
 * in a `SequentialLR`.
 *
 * @throws ArgumentError unless `steps` is at least 0 and `startFactor` in [0, 1), and for `then` if it counts epochs by itself.
 */
export function warmupSchedule({ steps, then, startFactor = 0 }: WarmupScheduleOptions): Schedule {
  checkOption('warmupSchedule', 'steps', steps, { from: 0 });
  checkOption('warmupSchedule', 'startFactor', startFactor, { from: 0, below: 1 });
  if (then.counts === 'epoch')
    throw new ArgumentError(
      'warmupSchedule: what follows counts epochs, and the warm-up updates. Count epochs in both: perEpoch(warmupSchedule({ … })).',
    );
  return (step) => (step < steps ? then(0) * (startFactor + ((1 - startFactor) * step) / steps) : then(step - steps));
}
