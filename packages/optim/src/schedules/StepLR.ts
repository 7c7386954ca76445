import { checkOption } from '../checkOption.js';
import type { Schedule } from './Schedule.js';
import { stepSchedule } from './stepSchedule.js';

export interface StepLROptions {
  readonly initial: number;
  /** Updates, or `perEpoch` epochs, between two decays. */
  readonly stepSize: number;
  /** Factor of each decay. Default 0.1. */
  readonly gamma?: number;
}

/**
 * `stepSchedule` by PyTorch's names.
 *
 * @throws ArgumentError unless `stepSize` is at least 1.
 */
export function StepLR({ stepSize, ...others }: StepLROptions): Schedule {
  checkOption('StepLR', 'stepSize', stepSize, { from: 1 });
  return stepSchedule({ ...others, every: stepSize });
}
