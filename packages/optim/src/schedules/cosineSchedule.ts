import { checkOption } from '../checkOption.js';
import type { Schedule } from './Schedule.js';

/** Half a cosine from `from` to `to`; `progress` in [0, 1]. */
export function cosineBetween(from: number, to: number, progress: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * progress));
}

export interface CosineScheduleOptions {
  /** Value at step 0. */
  readonly initial: number;
  /** Steps until the final value. */
  readonly steps: number;
  /** Value from step `steps` on. Default 0. */
  readonly final?: number;
}

/**
 * Cosine annealing (Loshchilov & Hutter, 2017), equal to the closed form of PyTorch's `CosineAnnealingLR` up to its end; then the final
 * value stays instead of rising again.
 *
 * @throws ArgumentError unless `steps` is greater than 0.
 */
export function cosineSchedule({ initial, steps, final = 0 }: CosineScheduleOptions): Schedule {
  checkOption('cosineSchedule', 'steps', steps, { from: 0, exclusive: true });
  return (step) => cosineBetween(initial, final, Math.min(step / steps, 1));
}
