import { ArgumentError, formatShape, InputError, isFloating, ShapeError, sizeOf } from '@delira/core';
import { NO_CLASS, predictedClasses, targetClasses } from './classIndices.js';
import { entryOf } from './entryOf.js';
import type { Accumulator, Metric } from './Metric.js';
import { percentileOf, type SurfaceDistances, surfaceDistances } from './surfaceDistances.js';

export interface SurfaceOptions {
  /** How many classes there are, or their names in order; 2 or more. */
  readonly classes: number | readonly string[];
  /** Extent of a voxel along each spatial axis, in the arrays' order (z, y, x), in the unit that distances are wanted in; default 1. */
  readonly spacing?: readonly number[];
  /** Which share of the surface the Hausdorff distance covers, in percent; default 100, and 95 is usual. */
  readonly percentile?: number;
  /** Up to which distance the surface Dice takes surfaces for equal; default 1. */
  readonly tolerance?: number;
  /** Whether class 0 counts. Default false. */
  readonly background?: boolean;
  /** Name of the network's output; default `'pred'`. */
  readonly prediction?: string;
  /** Name of the batch's entry; default `'label'`. */
  readonly target?: string;
  /** Where a single output turns from class 0 into class 1; default 0.5. Use 0 for logits. */
  readonly threshold?: number;
  readonly name?: string;
}

/** Of each class, means over the samples; NaN for a class that is in none. The background is NaN unless asked for. */
export interface SurfaceScores {
  readonly classes: readonly string[];
  /** Largest distance between the surfaces, or the percentile asked for; the larger of both directions. */
  readonly hausdorff: readonly number[];
  /** Mean distance, of all surface voxels of both. */
  readonly averageDistance: readonly number[];
  /** Share of both surfaces that lies within the tolerance of the other. */
  readonly surfaceDice: readonly number[];
  /** Means of the classes that are there. */
  readonly mean: { readonly hausdorff: number; readonly averageDistance: number; readonly surfaceDice: number };
}

/** Sums over samples for each class, and how many samples there are. */
export interface SurfaceState {
  readonly hausdorff: readonly number[];
  readonly averageDistance: readonly number[];
  readonly surfaceDice: readonly number[];
  readonly samples: readonly number[];
}

const SCORES = ['hausdorff', 'averageDistance', 'surfaceDice'] as const;

/**
 * How far predicted and true surfaces of each class lie apart, in images of any number of axes. Predictions and targets are those of
 * `overlapScores`. Where a sample has the class and it was not predicted, or the other way round, distances are infinite and the surface
 * Dice is 0; a sample with neither does not count. Equals MONAI's `HausdorffDistanceMetric`, `SurfaceDistanceMetric` (symmetric) and
 * `SurfaceDiceMetric` for regions that are not empty.
 *
 * `update` throws InputError for a class that is not among `classes`, ShapeError when the spacing does not fit the images.
 *
 * @throws ArgumentError
 */
export function surfaceScores(options: SurfaceOptions): Accumulator<SurfaceState, SurfaceScores> {
  const { classes, spacing, percentile = 100, tolerance = 1, background = false, name = 'surface' } = options;
  const { prediction = 'pred', target = 'label', threshold = 0.5 } = options;
  const names = typeof classes === 'number' ? Array.from({ length: classes }, (_, index) => String(index)) : classes;
  check(names.length, options);
  const zeros = (): number[] => names.map(() => 0);
  return {
    name,
    needs: [prediction],
    init: () => ({ hausdorff: zeros(), averageDistance: zeros(), surfaceDice: zeros(), samples: zeros() }),
    update(state, output, batch) {
      const scores = entryOf(output, prediction, name, 'outputs');
      const labels = entryOf(batch, target, name, 'batch');
      const predicted = predictedClasses(scores, threshold);
      const expected = targetClasses(labels, scores, predicted.length);
      const label =
        predicted.find((each) => each >= names.length || each < NO_CLASS) ??
        expected.find((each) => each >= names.length || each < 0);
      if (label !== undefined)
        throw new InputError(
          `${name}: there is a voxel of class ${label}, but the metric was made for classes 0 to ${names.length - 1}.`,
        );
      // Class numbers have no channels, scores do.
      const hasChannels = isFloating(scores.dtype) && scores.shape.length > 1;
      const [rows = 0, ...spatial] = hasChannels ? [scores.shape[0]!, ...scores.shape.slice(2)] : scores.shape;
      if (spacing !== undefined && spacing.length !== spatial.length)
        throw new ShapeError(
          `${name}: a spacing of ${spacing.length} numbers does not fit images of size ${formatShape(spatial)}. Give one for each spatial axis.`,
        );
      const size = sizeOf(spatial);
      const next = { ...state, samples: [...state.samples] };
      for (const key of SCORES) next[key] = [...state[key]];
      for (let row = 0; row < rows; row++) {
        for (let label = background ? 0 : 1; label < names.length; label++) {
          const mask = (all: Int32Array): Uint8Array =>
            Uint8Array.from(all.subarray(row * size, (row + 1) * size), (each) => (each === label ? 1 : 0));
          const [found, wanted] = [mask(predicted), mask(expected)];
          if (!found.includes(1) && !wanted.includes(1)) continue;
          const distances = surfaceDistances(found, wanted, spatial, spacing ?? spatial.map(() => 1));
          const values = scoresOf(distances, percentile, tolerance);
          for (const key of SCORES) (next[key] as number[])[label]! += values[key];
          next.samples[label]!++;
        }
      }
      return next;
    },
    result(state) {
      const means = (key: (typeof SCORES)[number]): readonly number[] =>
        state[key].map((sum, label) => sum / state.samples[label]!);
      const over = (values: readonly number[]): number => {
        const there = values.filter((value) => !Number.isNaN(value));
        return there.reduce((sum, value) => sum + value, 0) / there.length;
      };
      const [hausdorff, averageDistance, surfaceDice] = SCORES.map(means) as [number[], number[], number[]];
      return {
        classes: names,
        hausdorff,
        averageDistance,
        surfaceDice,
        mean: {
          hausdorff: over(hausdorff),
          averageDistance: over(averageDistance),
          surfaceDice: over(surfaceDice),
        },
      };
    },
  };
}

/** The mean Hausdorff distance of the classes, see `surfaceScores`. */
export function hausdorffDistance(options: SurfaceOptions): Metric<SurfaceState> {
  return meanOf('hausdorff', 'lower', options);
}

/** The mean distance of the classes' surfaces, see `surfaceScores`. */
export function averageSurfaceDistance(options: SurfaceOptions): Metric<SurfaceState> {
  return meanOf('averageDistance', 'lower', options);
}

/** The mean surface Dice of the classes, see `surfaceScores`. */
export function surfaceDice(options: SurfaceOptions): Metric<SurfaceState> {
  return meanOf('surfaceDice', 'higher', options);
}

function meanOf(
  key: (typeof SCORES)[number],
  better: 'higher' | 'lower',
  options: SurfaceOptions,
): Metric<SurfaceState> {
  const accumulator = surfaceScores({ name: key, ...options });
  return { ...accumulator, better, result: (state) => accumulator.result(state).mean[key] };
}

function scoresOf(
  { fromPrediction, fromTarget }: SurfaceDistances,
  percentile: number,
  tolerance: number,
): Readonly<Record<(typeof SCORES)[number], number>> {
  const both = Float64Array.from([...fromPrediction, ...fromTarget]);
  const isOneSided = fromPrediction.length === 0 || fromTarget.length === 0;
  return {
    hausdorff: isOneSided
      ? Infinity
      : Math.max(percentileOf(fromPrediction, percentile), percentileOf(fromTarget, percentile)),
    averageDistance: both.reduce((sum, distance) => sum + distance, 0) / both.length,
    surfaceDice: both.reduce((count, distance) => count + (distance <= tolerance ? 1 : 0), 0) / both.length,
  };
}

function check(count: number, { spacing = [], percentile = 100, tolerance = 1 }: SurfaceOptions): void {
  if (count < 2) throw new ArgumentError(`Surfaces need at least 2 classes, the background being one; got ${count}.`);
  if (spacing.some((step) => !(step > 0) || !Number.isFinite(step)))
    throw new ArgumentError(`A spacing is made of positive numbers; got [${spacing.join(', ')}].`);
  if (!(percentile > 0 && percentile <= 100))
    throw new ArgumentError(`percentile must be greater than 0 and at most 100, got ${percentile}.`);
  if (!(tolerance >= 0)) throw new ArgumentError(`tolerance must be at least 0, got ${tolerance}.`);
}
