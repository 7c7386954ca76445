import { ArgumentError } from '@delira/core';

/** One extent for all axes, or one for each. @throws ArgumentError */
export function extents(given: number | readonly number[], rank: number, option: string): readonly number[] {
  const made = typeof given === 'number' ? new Array<number>(rank).fill(given) : given;
  if (made.length !== rank || made.some((extent) => !Number.isSafeInteger(extent) || extent < 1))
    throw new ArgumentError(
      `${option} is ${JSON.stringify(given)}, but must be a positive integer, or ${rank} of them: one for each axis.`,
    );
  return made;
}
