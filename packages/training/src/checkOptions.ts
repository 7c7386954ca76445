import { ArgumentError } from '@delira/core';

/** @throws ArgumentError unless every value is a positive integer. */
export function checkPositiveIntegers(values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new ArgumentError(`${name} must be a positive integer, got ${value}.`);
  }
}

/** @throws ArgumentError when two things would be logged under one name. */
export function checkNames(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ArgumentError(
      `Two values would be logged as "${twice}". Give each metric a name of its own, such as accuracy({ name: '…' }), that is no loss's.`,
    );
}
