import type { Schedule } from './Schedule.js';

/**
 * The schedule with epochs in place of updates, as PyTorch's schedulers are mostly used: `perEpoch(StepLR({ initial: 0.1, stepSize: 30 }))`
 * changes the value every 30 epochs. The trainer counts the epochs, so neither batches nor accumulation have to be known.
 */
export function perEpoch(schedule: Schedule): Schedule {
  return Object.assign((epoch: number) => schedule(epoch), { counts: 'epoch' } as const);
}
