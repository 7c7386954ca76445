import type { Sample } from '@delira/core';
import { checkIndex } from './checkIndex.js';
import type { Dataset } from './Dataset.js';

/** Some samples of another dataset, in a chosen order: a view that loads nothing by itself. Indices may repeat. */
export class Subset implements Dataset {
  readonly length: number;
  readonly targets?: ArrayLike<number>;
  /** The same in half of the memory, where they fit: of long lists in random order, most of the time goes into reading them. */
  readonly #places: ArrayLike<number>;

  /** @throws ArgumentError when an index is not in the parent. */
  constructor(
    readonly parent: Dataset,
    /** `indices[i]` is the sample of the parent that `get(i)` gives. */
    readonly indices: readonly number[],
  ) {
    for (const index of indices) checkIndex(index, parent.length, 'the parent dataset');
    this.length = indices.length;
    this.#places = parent.length <= 2 ** 32 ? Uint32Array.from(indices) : indices;
    const { targets } = parent;
    if (targets !== undefined) this.targets = indices.map((index) => targets[index]!);
  }

  /** @throws ArgumentError when the index is out of range. */
  get(index: number): Sample | Promise<Sample> {
    checkIndex(index, this.length, 'the subset');
    return this.parent.get(this.#places[index]!);
  }
}
