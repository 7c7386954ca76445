import type { NDArray } from '@delira/core';
import type { NextStep, Steps, Told } from './Steps.js';

/**
 * What is allowed: a share of the value of a loss, and, as the sums behind gradients and state cancel, of an array's largest element. Where all
 * of an array is rounding, as the gradient of a bias before batch norm, that share says nothing: hence a much smaller one of all arrays' largest.
 */
interface Allowed {
  readonly ofArray: number;
  readonly ofAll: number;
}

/** As in conformance of float32, where a whole step may be ten times as far off as a single primitive. */
const LOSS: Allowed = { ofArray: 1e-4, ofAll: 0 };
const ARRAY: Allowed = { ofArray: 1e-3, ofAll: 1e-5 };

/** One thing that was compared; it agrees where `excess` is at most 1. */
export interface Difference {
  readonly what: 'losses' | 'gradients' | 'state' | 'here → reference' | 'reference → here';
  /** The largest difference of any element, in units of what is allowed; infinite where shapes, names or non-finite values differ. */
  readonly excess: number;
  /** Which array that is. */
  readonly name: string;
}

type Arrays = ReadonlyMap<string, NDArray>;

const largestOf = ({ data }: NDArray): number => data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);

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

function compare(what: Difference['what'], pairs: readonly (readonly [Arrays, Arrays, Allowed])[]): Difference {
  let found: Difference = { what, excess: 0, name: 'all equal' };
  for (const [actual, expected, { ofArray, ofAll }] of pairs) {
    if (expected.size === 0) return { what, excess: Infinity, name: 'nothing to compare with' };
    const largest = Math.max(...[...expected.values()].map(largestOf));
    for (const [name, array] of expected) {
      const difference = largestDifference(actual.get(name), array);
      const excess = difference === 0 ? 0 : difference / (ofArray * largestOf(array) + ofAll * largest);
      if (excess > found.excess) found = { what, excess, name };
    }
  }
  return found;
}

const compareNext = (what: Difference['what'], actual: NextStep, expected: NextStep): Difference =>
  compare(what, [
    [actual.losses, expected.losses, LOSS],
    [actual.state, expected.state, ARRAY],
  ]);

export interface Trajectories extends Told {
  readonly reference: Steps;
  /** How the reference goes on from this backend's checkpoint. */
  readonly resumedByReference: NextStep;
}

/**
 * First losses, gradients and state against the reference's; then the second step of each against that of the other one, which went on
 * from its checkpoint.
 */
export function compareSteps({ steps, resumed, reference, resumedByReference }: Trajectories): readonly Difference[] {
  return [
    compare('losses', [[steps.losses, reference.losses, LOSS]]),
    compare('gradients', [[steps.gradients, reference.gradients, ARRAY]]),
    compare('state', [[steps.state, reference.state, ARRAY]]),
    compareNext('here → reference', steps.next, resumedByReference),
    compareNext('reference → here', resumed, reference.next),
  ];
}
