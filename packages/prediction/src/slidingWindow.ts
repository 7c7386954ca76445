import {
  allocate,
  ArgumentError,
  type DType,
  formatShape,
  type NDArray,
  sameShape,
  type Shape,
  ShapeError,
  sizeOf,
} from '@delira/core';
import { fullBatches } from './fullBatches.js';
import { importanceMap, type ImportanceOptions } from './importanceMap.js';
import type { PredictFunction } from './PredictionModel.js';
import { copyIntoWindow, forEachLine, overlapOf } from './regions.js';
import { windowStarts } from './windowStarts.js';

export interface WindowOptions extends ImportanceOptions {
  /** Extents of a window, one for each spatial axis: the size the network was trained on, or a larger one. */
  readonly size: Shape;
  /** Share of a window that the next one covers again, in [0, 1): one number, or one per axis. Default 0.25. */
  readonly overlap?: number | readonly number[];
  /** Windows in one call of the engine; default 1. */
  readonly batchSize?: number;
  /** What stands around an image that is smaller than a window; default 0. */
  readonly paddingValue?: number;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
}

/**
 * Predicts an image `[C, ...spatial]` window by window and gives the weighted mean `[K, ...spatial]` of what the windows say of each voxel.
 * Equal to MONAI's `sliding_window_inference`, with its defaults: windows overlap by a quarter and count alike, and an image smaller than a
 * window is padded on both sides, with the odd voxel at the end. The result does not depend on `batchSize`.
 *
 * @param predict gives `[N, K, ...size]` for `[N, C, ...size]`.
 * @param onProgress told how many windows there are before the first, and of each finished batch of them.
 * @throws ArgumentError, ShapeError when windows, image and predictions do not fit together.
 */
export async function slidingWindow(
  predict: PredictFunction,
  image: NDArray,
  options: WindowOptions,
  onProgress?: (progress: Progress) => void,
): Promise<NDArray> {
  const { size, overlap = 0.25, batchSize = 1, paddingValue = 0 } = options;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    throw new ArgumentError(`The batchSize of windows must be a positive integer, got ${batchSize}.`);
  const [channels = 0, ...spatial] = image.shape;
  if (spatial.length !== size.length)
    throw new ShapeError(
      `Windows of size ${formatShape(size)} do not fit an image of shape ${formatShape(image.shape)}. Expected [C, ${size.map(() => '?').join(', ')}].`,
    );
  const starts = windowPositions(spatial, size, overlap);
  const weights = importanceMap(size, options);
  const full = fullBatches(predict, batchSize);
  let blend: Blend | null = null;
  onProgress?.({ done: 0, total: starts.length });
  for (let first = 0; first < starts.length; first += batchSize) {
    const group = starts.slice(first, first + batchSize);
    const windows = allocate(image.dtype, group.length * channels * weights.length);
    if (paddingValue !== 0) windows.fill(paddingValue);
    group.forEach((start, row) => {
      const region = overlapOf(image.shape, [channels, ...size], [0, ...start]);
      const data = windows.subarray(row * channels * weights.length) as typeof windows;
      copyIntoWindow(image, { data, shape: [channels, ...size] }, region);
    });
    const scores = await full({ dtype: image.dtype, shape: [group.length, channels, ...size], data: windows });
    checkScores(scores, size);
    blend ??= new Blend(scores, spatial, size, weights);
    group.forEach((start, row) => blend!.add(scores, row, start));
    onProgress?.({ done: first + group.length, total: starts.length });
  }
  return blend!.mean();
}

/** The first voxels of all windows; negative where an image smaller than the window is padded. */
function windowPositions(image: Shape, window: Shape, overlap: number | readonly number[]): readonly Shape[] {
  const padding = window.map((size, axis) => Math.max(0, size - image[axis]!));
  const padded = image.map((extent, axis) => extent + padding[axis]!);
  const axes = windowStarts(padded, window, overlap);
  return axes.reduce<readonly Shape[]>(
    (found, positions, axis) =>
      found.flatMap((start) => positions.map((position) => [...start, position - Math.floor(padding[axis]! / 2)])),
    [[]],
  );
}

function checkScores({ shape }: NDArray, size: Shape): void {
  if (!sameShape(shape.slice(2), size))
    throw new ShapeError(
      `For windows of size ${formatShape(size)} the model gave predictions of shape ${formatShape(shape)}. A sliding window needs [N, K, ${size.join(', ')}]: as many voxels as it was given.`,
    );
}

/** Weighted sums of scores, and of the weights. */
class Blend {
  readonly #dtype: DType;
  readonly #sums: NDArray['data'];
  readonly #total: Float32Array;
  readonly #classes: number;

  constructor(
    scores: NDArray,
    private readonly image: Shape,
    private readonly window: Shape,
    private readonly weights: Float32Array,
  ) {
    this.#classes = scores.shape[1]!;
    this.#dtype = scores.dtype;
    this.#sums = allocate(scores.dtype, this.#classes * sizeOf(image));
    this.#total = new Float32Array(sizeOf(image));
  }

  /** Adds row `row` of the scores, for the window that begins at `start`. */
  add({ data }: NDArray, row: number, start: Shape): void {
    const { image, window, weights } = this;
    const voxels = this.#total.length;
    const region = overlapOf(image, window, start);
    forEachLine(image, window, region, (to, from, length) => {
      for (let i = 0; i < length; i++) this.#total[to + i]! += weights[from + i]!;
    });
    for (let label = 0; label < this.#classes; label++) {
      const source = (row * this.#classes + label) * weights.length;
      forEachLine(image, window, region, (to, from, length) => {
        const target = label * voxels + to;
        for (let i = 0; i < length; i++) this.#sums[target + i]! += weights[from + i]! * data[source + from + i]!;
      });
    }
  }

  mean(): NDArray {
    const voxels = this.#total.length;
    for (let label = 0; label < this.#classes; label++)
      for (let i = 0; i < voxels; i++) this.#sums[label * voxels + i]! /= this.#total[i]!;
    return { dtype: this.#dtype, shape: [this.#classes, ...this.image], data: this.#sums };
  }
}
