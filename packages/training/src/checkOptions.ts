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

export interface NumberRange {
  readonly from: number;
  /** Exclusive upper end; default: none. */
  readonly below?: number;
  /** Whether `from` itself is refused. Default false. */
  readonly exclusive?: boolean;
}

/** @throws ArgumentError naming the option, its value and the range it must lie in. */
export function checkNumber(owner: string, option: string, value: number, range: NumberRange): void {
  const { from, below = Infinity, exclusive = false } = range;
  if (Number.isFinite(value) && (exclusive ? value > from : value >= from) && value < below) return;
  const low = exclusive ? `greater than ${from}` : `at least ${from}`;
  const high = below === Infinity ? '' : ` and less than ${below}`;
  throw new ArgumentError(`${owner}: ${option} is ${value}; it must be a number ${low}${high}.`);
}

/** @throws ArgumentError unless the value is a non-negative integer. */
export function checkCount(owner: string, option: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new ArgumentError(`${owner}: ${option} is ${value}; it must be an integer of at least 0.`);
}
