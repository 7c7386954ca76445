import type { CheckRow } from './Check.js';
import { median, rootMeanSquare } from './differences.js';

/** fp32 training is chaotic: how far it drifts from float64 is measured in PyTorch's own drift. */
const LIMIT = 3;
/**
 * Below this a drift holds nothing but the rounding of the losses themselves: evaluating one in float32, before any step, is off by up to
 * 6e-7 (`losses at the initial weights`; the last place of float32 is 6e-8), in PyTorch too. A ratio of two such drifts compares last digits.
 */
const FLOOR = 1e-6;
/**
 * A unit of ReLU, or of a pooling, that falls on the other side in one step of one series lifts that series from rounding to about 1e-5 from
 * this step on, in any float32 engine, and by chance: where the others stay at rounding. So it may happen in less than half of the series.
 */
const FLIPPED = 1e-4;

/** Compares the drifts of as many series of batches, ours and PyTorch's, from float64. */
export function driftRow(subject: string, ours: readonly number[], theirs: readonly number[]): CheckRow {
  const [all, allOfTheirs] = [rootMeanSquare(ours), rootMeanSquare(theirs)];
  const [middle, middleOfTheirs] = [median(ours), median(theirs)];
  const isClose = all <= Math.max(LIMIT * allOfTheirs, FLOOR);
  const isFlipped = middle <= Math.max(LIMIT * middleOfTheirs, FLOOR) && all <= FLIPPED;
  const flipped = `; the middle one ${middle.toExponential(2)} = ${(middle / middleOfTheirs).toFixed(2)} × PyTorch's`;
  return {
    subject,
    measured: `${all.toExponential(2)} = ${(all / allOfTheirs).toFixed(2)} × PyTorch's${isClose ? '' : flipped}`,
    expected: `≤ ${LIMIT} × PyTorch's or ${FLOOR.toExponential(0)}; the middle one, if all ≤ ${FLIPPED.toExponential(0)}`,
    state: isClose || isFlipped ? 'passed' : 'failed',
  };
}
