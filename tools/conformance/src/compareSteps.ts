import type { NDArray } from '@delira/core';
import type { NextStep, Steps, Trained } from './Steps.js';

/**
 * What is allowed, as a share: of a loss, or a prediction's largest element; and, as the sums behind gradients and state cancel, of an array's. As in conformance of
 * float32, where a whole step may be ten times as far off as a single primitive.
 */
const LOSS = 1e-4;
const ARRAY = 1e-3;
/**
 * A parameter whose float64 gradient is below this share of the largest of all has none but for rounding, as a bias before batch norm. Its
 * gradient, and the momentum of it, are measured against the largest of all arrays.
 */
const ZERO = 1e-9;
/** Of the excess in any round: as much as the array's largest element. */
const FLIPPED = 1000;

/** One thing that was compared; it agrees where no excess is above 1. */
export interface Difference {
  readonly what: 'losses' | 'gradients' | 'state' | 'here → reference' | 'reference → here' | 'predictions';
  /**
   * By array: the largest difference of any element, in units of what is allowed; infinite where shapes, names or non-finite values differ.
   */
  readonly excesses: ReadonlyMap<string, number>;
}

type Arrays = ReadonlyMap<string, NDArray>;

function largestOf({ data }: NDArray): number {
  let largest = 0;
  for (const value of data) largest = Math.max(largest, Math.abs(value));
  return largest;
}

function largestDifference(actual: NDArray | undefined, expected: NDArray): number {
  if (actual?.data.length !== expected.data.length) return Infinity;
  let largest = 0;
  expected.data.forEach((value, index) => {
    const difference = Math.abs(value - (actual.data[index] ?? NaN));
    // NaN must not hide behind a comparison.
    largest = Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
  });
  return largest;
}

function compare(
  what: Difference['what'],
  pairs: readonly (readonly [Arrays, Arrays, number])[],
  isZero: (name: string) => boolean,
): Difference {
  const excesses = new Map<string, number>();
  for (const [actual, expected, share] of pairs) {
    if (expected.size === 0) throw new Error(`There are no ${what} to compare with.`);
    const largest = Math.max(...[...expected.values()].map(largestOf));
    for (const [name, array] of expected) {
      const difference = largestDifference(actual.get(name), array);
      const scale = isZero(name) ? largest : largestOf(array);
      excesses.set(name, difference === 0 ? 0 : difference / (share * scale));
    }
  }
  return { what, excesses };
}

/** Tells arrays that are zero but for rounding, by name: gradients are named after their parameters, slots end with them. */
function zerosOf(gradients: Arrays): (name: string) => boolean {
  const largest = Math.max(...[...gradients.values()].map(largestOf));
  const zeros = [...gradients].flatMap(([name, array]) => (largestOf(array) < ZERO * largest ? [name] : []));
  return (name) => zeros.some((zero) => name === zero || name.endsWith(`.${zero}`));
}

export interface Trajectories extends Trained {
  readonly reference: Steps;
  /** How the reference goes on from this backend's checkpoint. */
  readonly resumedByReference: NextStep;
}

/**
 * First losses, gradients and state against the reference's; then the second step of each against that of the other one, which went on
 * from its checkpoint.
 */
export function compareSteps({ steps, resumed, reference, resumedByReference }: Trajectories): readonly Difference[] {
  const isZero = zerosOf(reference.gradients);
  const next = (what: Difference['what'], actual: NextStep, expected: NextStep): Difference =>
    compare(
      what,
      [
        [actual.losses, expected.losses, LOSS],
        [actual.state, expected.state, ARRAY],
      ],
      isZero,
    );
  return [
    compare('losses', [[steps.losses, reference.losses, LOSS]], isZero),
    compare('gradients', [[steps.gradients, reference.gradients, ARRAY]], isZero),
    compare('state', [[steps.state, reference.state, ARRAY]], isZero),
    next('here → reference', steps.next, resumedByReference),
    next('reference → here', resumed, reference.next),
  ];
}

/** What the network predicts from the same checkpoint. */
export const comparePredictions = (actual: Arrays, expected: Arrays): Difference =>
  compare('predictions', [[actual, expected, LOSS]], () => false);

/** The array that is farthest off. */
export function worstOf({ excesses }: Difference): { readonly name: string; readonly excess: number } {
  return [...excesses].reduce((worst, [name, excess]) => (excess > worst.excess ? { name, excess } : worst), {
    name: '',
    excess: 0,
  });
}

/**
 * An input of ReLU, or two of a maximum, within rounding of one another may fall on either side in float32: on such a batch, a few
 * arrays are off by some percent with any engine, and on others they are not. What is wrong is off on every batch. So each array is judged by its
 * best round, but none may be off by more than its largest element in any.
 */
export function bestOf(rounds: readonly (readonly Difference[])[]): readonly Difference[] {
  const [first = [], ...others] = rounds;
  return first.map(({ what, excesses }, position) => ({
    what,
    excesses: new Map(
      [...excesses].map(([name, excess]) => {
        const all = [excess, ...others.map((round) => round[position]?.excesses.get(name) ?? Infinity)];
        return [name, Math.max(...all) > FLIPPED ? Math.max(...all) : Math.min(...all)];
      }),
    ),
  }));
}
