import type { Sample } from '@delira/core';

/** Samples that can be asked for by number, in any order. */
export interface Dataset {
  readonly length: number;
  /**
   * One sample. Keys, dtypes and, for batching, shapes are the same for every index; the conventional keys are `data` and `label`.
   * The arrays may be shared with the dataset: whoever changes them copies them first.
   */
  get(index: number): Sample | Promise<Sample>;
  /** The class of each sample, known without loading it: what stratified splits and weighted samplers read. */
  readonly targets?: ArrayLike<number>;
}
