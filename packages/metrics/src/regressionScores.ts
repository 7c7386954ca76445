import { ArgumentError, formatShape, InputError, type NDArray, sameShape, ShapeError, sizeOf } from '@delira/core';
import { entryOf } from './entryOf.js';
import type { Metric } from './Metric.js';
import { structuralSimilarity, type SsimOptions } from './structuralSimilarity.js';

export interface RegressionScoreOptions {
  /** Name of the network's output; default `'pred'`. */
  readonly prediction?: string;
  /** Name of the batch's entry; default `'label'`. */
  readonly target?: string;
  readonly name?: string;
}

export interface PsnrOptions extends RegressionScoreOptions {
  /** Difference between the largest and the smallest possible value; default 1. */
  readonly dataRange?: number;
}

export interface MeanState {
  readonly sum: number;
  readonly count: number;
}

/** Mean of squared differences, of all elements of the set. Equals scikit-learn's `mean_squared_error`. */
export function meanSquaredError(options: RegressionScoreOptions = {}): Metric<MeanState> {
  return meanOver('meanSquaredError', 'lower', options, (prediction, target) => ({
    sum: sumOf(prediction, target, (difference) => difference * difference),
    count: prediction.data.length,
  }));
}

/** Mean of absolute differences, of all elements of the set. Equals scikit-learn's `mean_absolute_error`. */
export function meanAbsoluteError(options: RegressionScoreOptions = {}): Metric<MeanState> {
  return meanOver('meanAbsoluteError', 'lower', options, (prediction, target) => ({
    sum: sumOf(prediction, target, Math.abs),
    count: prediction.data.length,
  }));
}

/**
 * Peak signal-to-noise ratio in decibels, 20 · log10(range) − 10 · log10(mean squared error), the mean over the samples; infinite for one
 * that is exact. Equals scikit-image's `peak_signal_noise_ratio` of each sample.
 *
 * @throws ArgumentError unless dataRange is positive.
 */
export function psnr(options: PsnrOptions = {}): Metric<MeanState> {
  const { dataRange = 1 } = options;
  checkRange(dataRange);
  return meanOver('psnr', 'higher', options, (prediction, target) =>
    eachSample(prediction, target, (one, other) => {
      const squares = sumOf(one, other, (difference) => difference * difference);
      return 20 * Math.log10(dataRange) - 10 * Math.log10(squares / one.data.length);
    }),
  );
}

/**
 * Structural similarity (Wang et al., 2004) with a Gaussian window, of images `[N, C, ...spatial]`, the mean over the samples; 1 for equal
 * images. Windows lie inside of the image. Equals MONAI's `SSIMMetric`.
 *
 * `update` throws ShapeError for images smaller than the window.
 *
 * @throws ArgumentError
 */
export function ssim(options: SsimOptions & RegressionScoreOptions = {}): Metric<MeanState> {
  checkRange(options.dataRange ?? 1);
  const { windowSize = 11 } = options;
  if (!Number.isInteger(windowSize) || windowSize < 1 || windowSize % 2 === 0)
    throw new ArgumentError(`windowSize must be an odd positive integer, got ${windowSize}.`);
  return meanOver('ssim', 'higher', options, (prediction, target) =>
    eachSample(prediction, target, (one, other) => structuralSimilarity(one, other, options)),
  );
}

function meanOver(
  defaultName: string,
  better: 'higher' | 'lower',
  options: RegressionScoreOptions,
  add: (prediction: NDArray, target: NDArray) => MeanState,
): Metric<MeanState> {
  const { prediction = 'pred', target = 'label', name = defaultName } = options;
  return {
    name,
    better,
    needs: [prediction],
    init: () => ({ sum: 0, count: 0 }),
    update(state, output, batch) {
      const predicted = entryOf(output, prediction, name, 'outputs');
      const expected = entryOf(batch, target, name, 'batch');
      if (!sameShape(predicted.shape, expected.shape))
        throw new ShapeError(
          `${name}: predictions have shape ${formatShape(predicted.shape)}, targets ${formatShape(expected.shape)}. They must be equal.`,
        );
      if (predicted.dtype === 'float16' || expected.dtype === 'float16')
        throw new InputError(`${name} does not read float16. Cast predictions and targets to float32.`);
      const added = add(predicted, expected);
      return { sum: state.sum + added.sum, count: state.count + added.count };
    },
    result: ({ sum, count }) => sum / count,
  };
}

function sumOf(prediction: NDArray, target: NDArray, of: (difference: number) => number): number {
  let sum = 0;
  for (let i = 0; i < prediction.data.length; i++) sum += of(prediction.data[i]! - target.data[i]!);
  return sum;
}

function eachSample(
  prediction: NDArray,
  target: NDArray,
  score: (prediction: NDArray, target: NDArray) => number,
): MeanState {
  const [rows = 0, ...shape] = prediction.shape;
  const size = sizeOf(shape);
  const row = ({ data, dtype }: NDArray, index: number): NDArray => ({
    dtype,
    shape,
    data: data.subarray(index * size, (index + 1) * size) as NDArray['data'],
  });
  let sum = 0;
  for (let index = 0; index < rows; index++) sum += score(row(prediction, index), row(target, index));
  return { sum, count: rows };
}

function checkRange(dataRange: number): void {
  if (!(dataRange > 0)) throw new ArgumentError(`dataRange must be greater than 0, got ${dataRange}.`);
}
