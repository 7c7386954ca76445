/** Largest difference, as a share of the largest score. */
export function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let [difference, largest] = [0, 0];
  for (let index = 0; index < expected.length; index++) {
    difference = Math.max(difference, Math.abs(actual[index]! - expected[index]!));
    largest = Math.max(largest, Math.abs(expected[index]!));
  }
  return Number.isFinite(largest) && largest > 0 ? difference / largest : Infinity;
}

/** @throws Error when two engines do not say the same. */
export function checkSame(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const difference = relativeDifference(actual, expected);
  if (!(difference <= TOLERANCE))
    throw new Error(`${what}: the predictions differ by ${difference}, at most ${TOLERANCE} was expected.`);
  return difference;
}

/** Single precision, summed in another order. */
const TOLERANCE = 1e-4;
