import type { Batch } from '@delira/data-loading';
import type { PreparedBatch } from './PreparedBatch.js';

export interface BatchGroupsOptions {
  readonly prepare: (batch: Batch) => PreparedBatch;
  /** Whether the epoch's last batch is left out when it has fewer rows than the first one: training leaves it out. */
  readonly dropPartial: boolean;
  /** Number of the first batch that comes, and of batches in the whole epoch. */
  readonly first: number;
  readonly total: number;
  /** Rows of the epoch's first batch, if that is known from before an interruption. */
  readonly rows: number | null;
}

/** Hands out batches in groups for one call of the engine. All batches of a group have one signature. */
export class BatchGroups {
  readonly #iterator: AsyncIterator<Batch>;
  readonly #options: BatchGroupsOptions;
  #number: number;
  #rows: number | null;
  /** A batch with another signature than the group it came after. */
  #held: PreparedBatch | null = null;
  /** A failure that waits until the batches loaded before it are handed out. */
  #failure: { readonly error: unknown } | null = null;
  #ended = false;

  constructor(batches: AsyncIterable<Batch>, options: BatchGroupsOptions) {
    this.#iterator = batches[Symbol.asyncIterator]();
    this.#options = options;
    this.#number = options.first;
    this.#rows = options.rows;
  }

  /** Rows of the epoch's first batch; null before it came. */
  get rows(): number | null {
    return this.#rows;
  }

  /** Up to `count` batches; none at the end. @throws what loading or preparing a batch threw, once those before it are handed out. */
  async next(count: number): Promise<readonly PreparedBatch[]> {
    const group: PreparedBatch[] = [];
    while (group.length < count) {
      const batch = this.#held ?? (await this.#load());
      this.#held = null;
      if (batch === null) break;
      if (group.length > 0 && batch.key !== group[0]!.key) {
        this.#held = batch;
        break;
      }
      group.push(batch);
    }
    if (group.length === 0 && this.#failure !== null) throw this.#failure.error;
    return group;
  }

  async #load(): Promise<PreparedBatch | null> {
    while (!this.#ended) {
      try {
        const { value, done } = await this.#iterator.next();
        if (done === true) {
          this.#ended = true;
          return null;
        }
        const batch = this.#options.prepare(value as Batch);
        this.#rows ??= batch.rows;
        const isLast = ++this.#number >= this.#options.total;
        if (!(this.#options.dropPartial && isLast && batch.rows < this.#rows)) return batch;
      } catch (error) {
        this.#failure = { error };
        await this.close();
      }
    }
    return null;
  }

  /** Tells the loader that no more batches are wanted, and returns when it has let go. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    try {
      await this.#iterator.return?.();
    } catch {
      // Whoever closes early has a result to keep or an error to report; that matters more than a loader's tidying up.
    }
  }
}
