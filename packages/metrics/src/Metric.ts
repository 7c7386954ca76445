import type { Sample } from '@delira/core';

/**
 * Something computed over a whole set, batch by batch. Pure: `update` returns a new state and leaves the old one as it was. A state is
 * plain JSON, so a checkpoint can hold it; counts rather than means, so that batches of different sizes weigh what they should.
 */
export interface Accumulator<S = unknown, R = unknown> {
  /** Names the result in logs: `'accuracy'`. */
  readonly name: string;
  /** The entries of `output` that `update` reads. */
  readonly needs: readonly string[];
  init(): S;
  /**
   * @param output what the network gave for the batch, each entry with a leading batch axis.
   * @param batch what it was given, targets included.
   */
  update(state: S, output: Sample, batch: Sample): S;
  result(state: S): R;
}

/** An accumulator whose result is one number that says how good the predictions are. `NaN` before any sample was seen. */
export interface Metric<S = unknown> extends Accumulator<S, number> {
  readonly better: 'higher' | 'lower';
}
