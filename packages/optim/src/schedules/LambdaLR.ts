import type { Schedule } from './Schedule.js';

export interface LambdaLROptions {
  readonly initial: number;
  /** Factor for each update, or `perEpoch` epoch, counted from 0; must depend on nothing else. */
  readonly lambda: (count: number) => number;
}

/** initial · lambda(count), equal to PyTorch's `LambdaLR`. */
export function LambdaLR({ initial, lambda }: LambdaLROptions): Schedule {
  return (count) => initial * lambda(count);
}
