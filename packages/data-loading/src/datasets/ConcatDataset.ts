import { ArgumentError, type Sample } from '@delira/core';
import { checkIndex } from './checkIndex.js';
import type { Dataset } from './Dataset.js';

/** Several datasets, one after the other: a view that loads nothing by itself. It has targets when all of them do (empty ones aside). */
export class ConcatDataset implements Dataset {
  readonly length: number;
  readonly datasets: readonly Dataset[];
  readonly targets?: ArrayLike<number>;
  /** Where each dataset begins. */
  readonly #starts: readonly number[];

  /** @throws ArgumentError when there is no dataset, or something else among them. */
  constructor(datasets: Iterable<Dataset>) {
    this.datasets = [...datasets];
    if (this.datasets.length === 0) throw new ArgumentError('A ConcatDataset needs at least one dataset.');
    const starts: number[] = [];
    let length = 0;
    for (const [position, dataset] of this.datasets.entries()) {
      if (typeof dataset?.get !== 'function' || !Number.isSafeInteger(dataset.length))
        throw new ArgumentError(`Number ${position} of the datasets is none: it has no length and get(index).`);
      starts.push(length);
      length += dataset.length;
    }
    this.#starts = starts;
    this.length = length;
    const filled = this.datasets.filter((dataset) => dataset.length > 0);
    if (filled.every(({ targets }) => targets !== undefined))
      this.targets = filled.flatMap(({ targets = [] }) => Array.from(targets));
  }

  /** @throws ArgumentError when the index is out of range. */
  get(index: number): Sample | Promise<Sample> {
    checkIndex(index, this.length, 'the datasets');
    const part = this.#partOf(index);
    return this.datasets[part]!.get(index - this.#starts[part]!);
  }

  /** The last dataset that begins at or before the index, by bisection: there may be one for every case. */
  #partOf(index: number): number {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
