import { InputError } from '@delira/core';

/** @throws InputError unless there is one target per sample, or none at all. */
export function checkTargets(targets: ArrayLike<number> | undefined, length: number): void {
  if (targets !== undefined && targets.length !== length)
    throw new InputError(`There must be one target per sample: got ${targets.length} targets for ${length} samples.`);
}
