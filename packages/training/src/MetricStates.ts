import type { Json, Sample } from '@delira/core';
import type { Accumulator } from '@delira/metrics';
import { MetricError } from './errors.js';
import { listIndices } from './PreparedBatch.js';

/** States of several accumulators by name: plain JSON, as accumulators promise. */
export type MetricStates = Readonly<Record<string, Json>>;

/** A batch and what the network gave for it. */
export interface JudgedBatch {
  readonly output: Sample;
  readonly batch: Sample;
  /** Of its samples in the loader's dataset. */
  readonly indices: readonly number[];
}

export interface UpdatedStates {
  readonly states: MetricStates;
  /** What the first accumulator threw that did; its state is the one before. */
  readonly failure: MetricError | null;
}

export function updateStates(
  accumulators: readonly Accumulator<Json>[],
  states: MetricStates,
  { output, batch, indices }: JudgedBatch,
): UpdatedStates {
  let failure: MetricError | null = null;
  const updated = accumulators.map((each) => {
    const state = states[each.name] ?? each.init();
    try {
      return [each.name, each.update(state, output, batch)] as const;
    } catch (cause) {
      failure ??= metricError(each.name, indices, cause);
      return [each.name, state] as const;
    }
  });
  return { states: Object.fromEntries(updated), failure };
}

/** @throws MetricError when an accumulator does not come to a result. */
export function resultsOf<R>(accumulators: readonly Accumulator<Json, R>[], states: MetricStates): Record<string, R> {
  return Object.fromEntries(
    accumulators.map((each) => {
      try {
        return [each.name, each.result(states[each.name] ?? each.init())] as const;
      } catch (cause) {
        throw metricError(each.name, [], cause);
      }
    }),
  );
}

function metricError(name: string, indices: readonly number[], cause: unknown): MetricError {
  const where = indices.length === 0 ? 'when its result was asked for' : `on the samples ${listIndices(indices)}`;
  const message = cause instanceof Error ? cause.message : String(cause);
  const what = /[.!?]$/.test(message) ? message : `${message}.`;
  return new MetricError(
    `The metric "${name}" failed ${where}: ${what} Look at these predictions and labels, or leave the metric out.`,
    name,
    indices,
    { cause },
  );
}
