import type { Optimizer } from '@delira/core';

/** An optimizer that changes the parameters only every so many steps. */
export interface AccumulatingOptimizer extends Optimizer {
  readonly stepsPerUpdate: number;
}

/**
 * How many steps go into one update of the parameters: 1 unless the optimizer accumulates. Schedules advance per update, so a trainer
 * asks them for `Math.floor(step / stepsPerUpdate(optimizer))`.
 */
export function stepsPerUpdate(optimizer: Optimizer): number {
  return (optimizer as Partial<AccumulatingOptimizer>).stepsPerUpdate ?? 1;
}
