import type { NDArray } from '@delira/core';

type Numbers = ArrayLike<number>;

const l2 = (values: Numbers): number => Math.sqrt(Array.from(values).reduce((sum, value) => sum + value ** 2, 0));

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

/** Differences of every entry over several batches: the entry that differs most even in its best batch, and the largest of all. */
export function overBatches(
  actual: readonly ReadonlyMap<string, NDArray>[],
  expected: readonly ReadonlyMap<string, NDArray>[],
): { readonly name: string; readonly best: number; readonly largest: number } {
  const names = [...(expected[0]?.keys() ?? [])];
  let worst = { name: '(none)', best: names.length === 0 ? NaN : 0 };
  let largest = 0;
  const ofAll = expected.map(l2OfAll);
  for (const name of names) {
    const differences = expected.map((entries, batch) => {
      const array = entries.get(name);
      return array === undefined ? NaN : entryDifference(actual[batch]?.get(name), array, ofAll[batch] ?? NaN);
    });
    const best = Math.min(...differences);
    if (!(best <= worst.best)) worst = { name, best };
    largest = Math.max(largest, ...differences);
  }
  return { ...worst, largest };
}
