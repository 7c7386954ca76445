import { ArgumentError } from '@delira/core';
import type { Schedule } from './Schedule.js';

export interface MultiStepScheduleOptions {
  readonly initial: number;
  /** Increasing steps at which the value decays. */
  readonly milestones: readonly number[];
  /** Factor of each decay. Default 0.1. */
  readonly gamma?: number;
}

/**
 * initial · gamma^(number of milestones ≤ step), equal to PyTorch's `MultiStepLR`.
 *
 * @throws ArgumentError unless the milestones increase.
 */
export function multiStepSchedule({ initial, milestones, gamma = 0.1 }: MultiStepScheduleOptions): Schedule {
  if (milestones.some((milestone, index) => index > 0 && milestone <= milestones[index - 1]!))
    throw new ArgumentError(`multiStepSchedule: the milestones ${milestones.join(', ')} must increase.`);
  return (step) => initial * gamma ** milestones.filter((milestone) => milestone <= step).length;
}
