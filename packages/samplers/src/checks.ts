import { ArgumentError } from '@delira/core';

/** @throws ArgumentError unless the epoch is a non-negative integer. */
export function checkEpoch(epoch: number): void {
  if (!Number.isSafeInteger(epoch) || epoch < 0)
    throw new ArgumentError(`An epoch is counted 0, 1, 2, …; got ${epoch}.`);
}

/** @throws ArgumentError unless the value is a positive integer. */
export function checkCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new ArgumentError(`${name} must be a positive integer, got ${value}.`);
}
