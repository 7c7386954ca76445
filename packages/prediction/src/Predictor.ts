import { ArgumentError, type NDArray, sameShape, sliceRows, stackArrays } from '@delira/core';
import { type Volume, volume } from '@delira/imaging';
import { averaged, type AveragedOptions } from './averaged.js';
import { fullBatches } from './fullBatches.js';
import type { PredictFunction, PredictionModel } from './PredictionModel.js';
import { type Progress, slidingWindow, type WindowOptions } from './slidingWindow.js';

export interface PredictorOptions extends AveragedOptions {
  /** Several make an ensemble: their predictions are averaged. The predictor disposes of them. */
  readonly models: readonly (PredictionModel | PredictFunction)[];
  /** How images are cut into windows; default: they are predicted whole. */
  readonly window?: WindowOptions;
  /** Images in one call of the engine where they are predicted whole; default 1. */
  readonly batchSize?: number;
}

export interface PredictOptions {
  /** Told how many windows there are before the first, and of each finished batch of them; whole images are one. */
  readonly onProgress?: (progress: Progress) => void;
}

/** An image and what was predicted for it. */
export interface Prediction<T> {
  readonly item: T;
  /** Scores `[K]` or `[K, ...spatial]`. */
  readonly scores: NDArray;
}

/**
 * Predicts images of any size, whole or window by window, with one network or several, mirrored if wished. Holds no images and no
 * predictions: memory does not grow with their number.
 */
export class Predictor {
  readonly #models: readonly (PredictionModel | PredictFunction)[];
  readonly #predict: PredictFunction;
  readonly #window: WindowOptions | null;
  readonly #batchSize: number;

  /** @throws ArgumentError */
  constructor(options: PredictorOptions) {
    const { models, window = null, batchSize = 1 } = options;
    if (!Number.isSafeInteger(batchSize) || batchSize < 1)
      throw new ArgumentError(`batchSize must be a positive integer, got ${batchSize}.`);
    if (window !== null && batchSize > 1)
      throw new ArgumentError('With windows, it is window.batchSize that says how many go into a call.');
    this.#models = models;
    this.#predict = averaged(
      models.map((model) => (typeof model === 'function' ? model : (batch: NDArray) => model.predict(batch))),
      options,
    );
    this.#window = window;
    this.#batchSize = batchSize;
  }

  /**
   * Scores of one image.
   *
   * @param image `[C, ...spatial]`.
   * @returns `[K]` or `[K, ...spatial]`.
   * @throws InputError for an image that the network does not take; ShapeError, ArgumentError for one that the windows do not fit.
   */
  async predict(image: NDArray, options: PredictOptions = {}): Promise<NDArray> {
    const [scores] = await this.#predictGroup([image], options);
    return scores!;
  }

  /**
   * Scores of a volume, in its geometry.
   *
   * @param image `[z, y, x]`, or `[C, z, y, x]`.
   * @returns `[K, z, y, x]`; `toLabels` makes classes of its array.
   * @throws as `predict`; ShapeError for predictions that are no volume, such as a class.
   */
  async predictVolume(image: Volume, options: PredictOptions = {}): Promise<Volume> {
    const { array } = image;
    const shape = array.shape.length === 3 ? [1, ...array.shape] : array.shape;
    return volume(await this.predict({ ...array, shape }, options), image);
  }

  /**
   * Scores of images as they come, in their order, `batchSize` of one shape at a time. No more of them are held than go into a batch.
   *
   * @param items what has an image, or images.
   * @param imageOf gives an item's image `[C, ...spatial]`; default: the item is one.
   */
  stream(items: AsyncIterable<NDArray> | Iterable<NDArray>): AsyncGenerator<Prediction<NDArray>, void, void>;
  stream<T>(
    items: AsyncIterable<T> | Iterable<T>,
    imageOf: (item: T) => NDArray | Promise<NDArray>,
  ): AsyncGenerator<Prediction<T>, void, void>;
  async *stream<T>(
    items: AsyncIterable<T> | Iterable<T>,
    imageOf: (item: T) => NDArray | Promise<NDArray> = (item) => item as NDArray,
  ): AsyncGenerator<Prediction<T>, void, void> {
    let group: { readonly item: T; readonly image: NDArray }[] = [];
    for await (const item of items) {
      const image = await imageOf(item);
      const [first] = group;
      if (first !== undefined && !(sameShape(first.image.shape, image.shape) && first.image.dtype === image.dtype)) {
        yield* this.#predictions(group);
        group = [];
      }
      group.push({ item, image });
      if (group.length === this.#batchSize) {
        yield* this.#predictions(group);
        group = [];
      }
    }
    if (group.length > 0) yield* this.#predictions(group);
  }

  async *#predictions<T>(
    group: readonly { readonly item: T; readonly image: NDArray }[],
  ): AsyncGenerator<Prediction<T>, void, void> {
    const scores = await this.#predictGroup(
      group.map(({ image }) => image),
      {},
    );
    for (const [row, { item }] of group.entries()) yield { item, scores: scores[row]! };
  }

  async #predictGroup(images: readonly NDArray[], { onProgress }: PredictOptions): Promise<readonly NDArray[]> {
    if (this.#window !== null) {
      const scores: NDArray[] = [];
      for (const image of images) scores.push(await slidingWindow(this.#predict, image, this.#window, onProgress));
      return scores;
    }
    onProgress?.({ done: 0, total: 1 });
    const scores = await fullBatches(this.#predict, this.#batchSize)(stackArrays(images));
    onProgress?.({ done: 1, total: 1 });
    return images.map((_, row) => {
      const { shape, ...rest } = sliceRows(scores, row, row + 1);
      return { ...rest, shape: shape.slice(1) };
    });
  }

  /** Frees what the models compiled; their states and backends stay. */
  async dispose(): Promise<void> {
    for (const model of this.#models) if (typeof model !== 'function') await model.dispose?.();
  }
}
