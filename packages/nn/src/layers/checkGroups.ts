import { ArgumentError } from '@delira/core';

/** @throws ArgumentError unless channels are positive integers that the groups divide. */
export function checkGroups(layer: string, inChannels: number, outChannels: number, groups: number): void {
  for (const [name, value] of Object.entries({ inChannels, outChannels, groups })) {
    if (!Number.isInteger(value) || value < 1)
      throw new ArgumentError(`${layer}: ${name} is ${value}; it must be a positive integer.`);
  }
  if (inChannels % groups !== 0 || outChannels % groups !== 0)
    throw new ArgumentError(
      `${layer}: ${groups} groups do not divide ${inChannels} input and ${outChannels} output channels evenly.`,
    );
}
