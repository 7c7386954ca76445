import type { Sample } from '@delira/core';
import type { Batch } from '@delira/data-loading';

/** A batch the network is ready for, with where its samples came from. */
export interface PreparedBatch {
  readonly sample: Sample;
  readonly indices: readonly number[];
  readonly rows: number;
}

/**
 * Hands out batches in groups of as many as asked for. A batch with another number of rows than the first (the last one of an epoch) is
 * left out: a training step is compiled for one size.
 */
export class BatchGroups {
  readonly #iterator: AsyncIterator<Batch>;
  #rows: number | null = null;
  #ended = false;

  constructor(
    batches: AsyncIterable<Batch>,
    private readonly prepare: (batch: Batch) => PreparedBatch,
  ) {
    this.#iterator = batches[Symbol.asyncIterator]();
  }

  /** Up to `count` batches; none at the end. */
  async next(count: number): Promise<readonly PreparedBatch[]> {
    const group: PreparedBatch[] = [];
    while (group.length < count && !this.#ended) {
      const { value, done } = await this.#iterator.next();
      if (done === true) {
        this.#ended = true;
        break;
      }
      const batch = this.prepare(value as Batch);
      this.#rows ??= batch.rows;
      if (batch.rows === this.#rows) group.push(batch);
    }
    return group;
  }

  /** Tells the loader that no more batches are wanted. */
  async close(): Promise<void> {
    if (!this.#ended) await this.#iterator.return?.();
    this.#ended = true;
  }
}
