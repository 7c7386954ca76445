import type { NDArray } from '@delira/core';

type Numbers = ArrayLike<number> & Iterable<number>;

function l2(values: Numbers): number {
  let sum = 0;
  for (const value of values) sum += value ** 2;
  return Math.sqrt(sum);
}

/** ‖actual − expected‖₂; NaN when the lengths differ or a value is not finite. */
function distance(actual: Numbers, expected: Numbers): number {
  if (actual.length !== expected.length) return NaN;
  let sum = 0;
  for (let index = 0; index < expected.length; index++) sum += ((actual[index] ?? NaN) - (expected[index] ?? NaN)) ** 2;
  return Math.sqrt(sum);
}

/** ‖actual − expected‖₂ / ‖expected‖₂; NaN when the lengths differ or a value is not finite. */
export function relativeL2(actual: Numbers, expected: Numbers): number {
  const difference = distance(actual, expected);
  return difference === 0 ? 0 : difference / l2(expected);
}

/** √(mean of squares); NaN of no values. */
export function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
}

/** The middle one of an odd number of values; NaN if one is. */
export function median(values: readonly number[]): number {
  if (values.some(Number.isNaN)) return NaN;
  return [...values].sort((left, right) => left - right)[(values.length - 1) / 2] ?? NaN;
}

/** The largest |actual − expected| / |expected| of two sequences. */
export function largestRelative(actual: Numbers, expected: Numbers): number {
  if (actual.length !== expected.length) return NaN;
  const differences = Array.from(
    expected,
    (value, index) => Math.abs((actual[index] ?? NaN) - value) / Math.abs(value),
  );
  return Math.max(0, ...differences);
}

/** Part of the L2 norm of all entries below which an entry holds nothing but rounding. */
const ROUNDING = 1e-12;

const l2OfAll = (entries: ReadonlyMap<string, NDArray>): number =>
  l2([...entries.values()].map(({ data }) => l2(data)));

/**
 * Relative to the entry. One that is zero but for rounding, such as the gradient of a bias before batch norm, is measured against all
 * entries together.
 */
function entryDifference(actual: NDArray | undefined, expected: NDArray, ofAll: number): number {
  const difference = distance(actual?.data ?? [], expected.data);
  const size = l2(expected.data);
  return difference === 0 ? 0 : difference / (size > ROUNDING * ofAll ? size : ofAll);
}

/** The entry that differs most, of those named in `expected`; an entry missing from `actual` differs by NaN. */
export function worstEntry(
  actual: ReadonlyMap<string, NDArray>,
  expected: ReadonlyMap<string, NDArray>,
): { readonly name: string; readonly difference: number } {
  let worst = { name: '(none)', difference: 0 };
  const ofAll = l2OfAll(expected);
  for (const [name, array] of expected) {
    const difference = entryDifference(actual.get(name), array, ofAll);
    if (!(difference <= worst.difference)) worst = { name, difference };
    if (Number.isNaN(difference)) return worst;
  }
  return worst;
}

/** Differences of every entry over several batches, of which one is looked at at a time. */
export class BatchDifferences {
  readonly #best = new Map<string, number>();
  #largest = 0;

  /** One more batch. A missing entry differs by NaN. */
  add(actual: ReadonlyMap<string, NDArray>, expected: ReadonlyMap<string, NDArray>): void {
    const ofAll = l2OfAll(expected);
    for (const [name, array] of expected) {
      const difference = entryDifference(actual.get(name), array, ofAll);
      this.#best.set(name, Math.min(this.#best.get(name) ?? Infinity, difference));
      this.#largest = Math.max(this.#largest, difference);
    }
  }

  /** The entry that differs most even in its best batch, and the largest difference of all. */
  worst(): { readonly name: string; readonly best: number; readonly largest: number } {
    let worst = { name: '(none)', best: this.#best.size === 0 ? NaN : 0 };
    for (const [name, best] of this.#best) if (!(best <= worst.best)) worst = { name, best };
    return { ...worst, largest: this.#largest };
  }
}

/** `BatchDifferences` of batches that are all there. */
export function overBatches(
  actual: readonly ReadonlyMap<string, NDArray>[],
  expected: readonly ReadonlyMap<string, NDArray>[],
): ReturnType<BatchDifferences['worst']> {
  const differences = new BatchDifferences();
  expected.forEach((entries, batch) => differences.add(actual[batch] ?? new Map(), entries));
  return differences.worst();
}
