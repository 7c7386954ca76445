import {
  ArgumentError,
  type DataOf,
  type DType,
  formatShape,
  type NDArray,
  type Sample,
  type Shape,
  ShapeError,
  sizeOf,
} from '@delira/core';
import { checkIndex } from './checkIndex.js';
import type { Dataset } from './Dataset.js';

export interface ArrayDatasetOptions {
  /** Which array holds the class of each sample; default `'label'`, if there is such an array of shape `[N]` or `[N, 1]`. */
  readonly targetKey?: string;
}

interface Column {
  readonly key: string;
  readonly dtype: DType;
  readonly data: DataOf[DType];
  readonly shape: Shape;
  readonly size: number;
}

/**
 * A dataset held in memory: arrays of shape `[N, ...]`, one per key. `get(i)` gives row i of each as a view, without copying; a row of an
 * array of shape `[N]` is a scalar, shape `[]`.
 */
export class ArrayDataset implements Dataset {
  readonly length: number;
  readonly targets?: ArrayLike<number>;
  readonly #columns: readonly Column[];

  /**
   * @throws ArgumentError when there is no array, or `targetKey` names none.
   * @throws ShapeError when the arrays differ in their number of rows, or the targets are not one number per row.
   */
  constructor(arrays: Readonly<Record<string, NDArray>>, options: ArrayDatasetOptions = {}) {
    const entries = Object.entries(arrays);
    const [first] = entries;
    if (first === undefined)
      throw new ArgumentError('An ArrayDataset needs at least one array, for example { data, label }.');
    for (const [key, { shape }] of entries) {
      if (shape.length === 0)
        throw new ShapeError(
          `Array "${key}" is a scalar. Arrays of a dataset have shape [N, ...], one row per sample.`,
        );
      if (shape[0] !== first[1].shape[0]) {
        throw new ShapeError(
          `Array "${first[0]}" has ${first[1].shape[0]} rows, array "${key}" ${shape[0]}. Every array needs one row per sample.`,
        );
      }
    }
    this.length = first[1].shape[0]!;
    this.#columns = entries.map(([key, { dtype, data, shape }]) => ({
      key,
      dtype,
      data,
      shape: shape.slice(1),
      size: sizeOf(shape.slice(1)),
    }));
    const targets = this.#targets(options.targetKey);
    if (targets !== undefined) this.targets = targets;
  }

  #targets(asked: string | undefined): ArrayLike<number> | undefined {
    const column = this.#columns.find(({ key }) => key === (asked ?? 'label'));
    if (column?.size === 1) return column.data;
    if (asked === undefined) return undefined;
    if (column === undefined)
      throw new ArgumentError(
        `There is no array "${asked}" to take targets from. Arrays: ${this.#columns.map(({ key }) => key).join(', ')}.`,
      );
    throw new ShapeError(
      `Targets are one number per sample, but rows of "${asked}" have shape ${formatShape(column.shape)}.`,
    );
  }

  /** @throws ArgumentError when the index is out of range. */
  get(index: number): Sample {
    checkIndex(index, this.length, 'the dataset');
    const sample: Record<string, NDArray> = {};
    for (const { key, dtype, data, shape, size } of this.#columns) {
      sample[key] = { dtype, shape, data: data.subarray(index * size, (index + 1) * size) as DataOf[DType] };
    }
    return sample;
  }
}
