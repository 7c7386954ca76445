import { ArgumentError } from '@delira/core';

/** @throws ArgumentError unless there are parameters for each transform. */
export function checkCount(parameters: readonly unknown[], count: number): void {
  if (parameters.length !== count)
    throw new ArgumentError(
      `The parameters of ${parameters.length} transforms were given to ${count}. Replay them with the transforms that drew them.`,
    );
}
