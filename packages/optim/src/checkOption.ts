import { ArgumentError } from '@delira/core';

export interface OptionRange {
  readonly from: number;
  /** Exclusive upper end; default: none. */
  readonly below?: number;
  /** Whether `from` itself is refused. Default false. */
  readonly exclusive?: boolean;
}

/** @throws ArgumentError naming the option, its value and the range it must lie in. */
export function checkOption(owner: string, option: string, value: number, range: OptionRange): void {
  const { from, below = Infinity, exclusive = false } = range;
  if (Number.isFinite(value) && (exclusive ? value > from : value >= from) && value < below) return;
  const low = exclusive ? `greater than ${from}` : `at least ${from}`;
  const high = below === Infinity ? '' : ` and less than ${below}`;
  throw new ArgumentError(`${owner}: ${option} is ${value}; it must be a number ${low}${high}.`);
}
