import { ArgumentError } from '@delira/core';

/** @throws ArgumentError unless the number lies in [0, 1]. */
export function checkProbability(probability: number, what = 'probability'): number {
  if (!(probability >= 0 && probability <= 1))
    throw new ArgumentError(`${what} is ${probability}. Expected a number from 0 to 1.`);
  return probability;
}
