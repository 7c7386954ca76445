/**
 * The order in which an epoch visits a dataset.
 *
 * `indices(epoch)` is a pure function of the sampler's options and the epoch: calling it twice, on another machine or after a crash gives
 * the same indices. Drawing indices loads no data, so an epoch is continued in its middle by dropping those already seen.
 */
export interface Sampler {
  /** Indices per epoch. */
  readonly length: number;
  /** Set by samplers that compose whole batches: their indices are meant to be cut into groups of this size, and of no other. */
  readonly batchSize?: number;
  /** @param epoch counted from 0. */
  indices(epoch: number): Iterable<number>;
}
