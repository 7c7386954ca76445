import type { Sample } from '@delira/core';

/** Several samples in one: what a loader yields. */
export interface Batch {
  /** Every array has a leading batch axis: `data` of samples `[C, ...spatial]` is `[N, C, ...spatial]`. */
  readonly sample: Sample;
  /** Row i is sample `indices[i]` of the loader's dataset: what an error about one row reports. */
  readonly indices: readonly number[];
}

/** Batches of a dataset, epoch by epoch. */
export interface Loader {
  /** Batches per epoch. */
  readonly batches: number;
  /** Samples per epoch. */
  readonly samples: number;
  /**
   * The batches of one epoch: the same ones whenever it is called.
   *
   * @param epoch counted from 0.
   * @param fromBatch how many batches to leave out at the start, to continue an interrupted epoch; their samples are not loaded. Default 0.
   */
  epoch(epoch: number, fromBatch?: number): AsyncIterable<Batch>;
}
