import type { Stepper } from '../steppers/Stepper.js';
import { mean } from '../statistics.js';

/** An engine that takes its turns. */
export interface Timed {
  readonly stepper: Stepper;
  /** Mean step of each round, in milliseconds. */
  readonly rounds: number[];
  /** Resident memory after the last round, in MiB. */
  rssMb: number;
  /** The most resident memory so far, in MiB. */
  peakRssMb: number;
}

export const timed = (stepper: Stepper): Timed => ({ stepper, rounds: [], rssMb: NaN, peakRssMb: NaN });

/**
 * Alternates the engines, so that each sees the machine in the same states; the one that begins changes every round.
 *
 * @param stepsOf how many steps an engine takes in its turn.
 */
export async function alternate(
  engines: readonly Timed[],
  rounds: number,
  stepsOf: (engine: Timed) => number,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const first = round % engines.length;
    for (const engine of [...engines.slice(first), ...engines.slice(0, first)]) {
      const { ms, rssMb, peakRssMb } = await engine.stepper.steps(stepsOf(engine));
      // Calls of unequal length never occur: the steps are a multiple of every K.
      engine.rounds.push(mean(ms));
      Object.assign(engine, { rssMb, peakRssMb });
    }
  }
}
