import { checkOption } from '../checkOption.js';
import { cosineBetween } from './cosineSchedule.js';
import type { Schedule } from './Schedule.js';

export interface OneCycleScheduleOptions {
  /** Largest value. */
  readonly maximum: number;
  /** Length of the cycle; the last step is `totalSteps - 1`, and its value stays from there on. */
  readonly totalSteps: number;
  /** Share of the cycle in which the value rises. Default 0.3. */
  readonly pctStart?: number;
  /** The first value is `maximum / divFactor`. Default 25. */
  readonly divFactor?: number;
  /** The last value is the first one divided by it. Default 1e4. */
  readonly finalDivFactor?: number;
}

/**
 * The one-cycle policy (Smith & Topin, 2018), equal to PyTorch's `OneCycleLR` with cosine annealing and two phases; momentum is not
 * cycled.
 *
 * @throws ArgumentError for an option out of range.
 */
export function oneCycleSchedule(options: OneCycleScheduleOptions): Schedule {
  const { maximum, totalSteps, pctStart = 0.3, divFactor = 25, finalDivFactor = 1e4 } = options;
  checkOption('oneCycleSchedule', 'totalSteps', totalSteps, { from: 1 });
  checkOption('oneCycleSchedule', 'pctStart', pctStart, { from: 0, below: 1 });
  checkOption('oneCycleSchedule', 'divFactor', divFactor, { from: 0, exclusive: true });
  checkOption('oneCycleSchedule', 'finalDivFactor', finalDivFactor, { from: 0, exclusive: true });
  const first = maximum / divFactor;
  const last = first / finalDivFactor;
  const peak = pctStart * totalSteps - 1;
  const end = totalSteps - 1;
  return (step) => {
    if (step <= peak) return cosineBetween(first, maximum, peak === 0 ? 1 : step / peak);
    return cosineBetween(maximum, last, step >= end ? 1 : (step - peak) / (end - peak));
  };
}
