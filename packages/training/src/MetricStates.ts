import type { Json, Sample } from '@delira/core';
import type { Accumulator } from '@delira/metrics';

/** States of several accumulators by name: plain JSON, as accumulators promise. */
export type MetricStates = Readonly<Record<string, Json>>;

export function updateStates(
  accumulators: readonly Accumulator<Json>[],
  states: MetricStates,
  output: Sample,
  batch: Sample,
): MetricStates {
  return Object.fromEntries(
    accumulators.map((each) => [each.name, each.update(states[each.name] ?? each.init(), output, batch)]),
  );
}

export function resultsOf<R>(accumulators: readonly Accumulator<Json, R>[], states: MetricStates): Record<string, R> {
  return Object.fromEntries(
    accumulators.map((each) => [each.name, each.result(states[each.name] ?? each.init())] as const),
  );
}
