import type { NDArray } from '@delira/core';

type Numbers = ArrayLike<number>;

/** ‖actual − expected‖₂ / ‖expected‖₂; NaN when the lengths differ or a value is not finite. */
export function relativeL2(actual: Numbers, expected: Numbers): number {
  if (actual.length !== expected.length) return NaN;
  let difference = 0;
  let size = 0;
  for (let index = 0; index < expected.length; index++) {
    const [a, b] = [actual[index] ?? NaN, expected[index] ?? NaN];
    difference += (a - b) ** 2;
    size += b ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / size);
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

/** The entry that differs most, of those named in `expected`; an entry missing from `actual` differs by NaN. */
export function worstEntry(
  actual: ReadonlyMap<string, NDArray>,
  expected: ReadonlyMap<string, NDArray>,
): { readonly name: string; readonly difference: number } {
  let worst = { name: '(none)', difference: 0 };
  for (const [name, array] of expected) {
    const difference = relativeL2(actual.get(name)?.data ?? [], array.data);
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
  for (const name of names) {
    const differences = expected.map((entries, batch) =>
      relativeL2(actual[batch]?.get(name)?.data ?? [], entries.get(name)?.data ?? [NaN]),
    );
    const best = Math.min(...differences);
    if (!(best <= worst.best)) worst = { name, best };
    largest = Math.max(largest, ...differences);
  }
  return { ...worst, largest };
}
