import { ArgumentError, equal, type Optimizer, select, type Tensor } from '@delira/core';
import { mergeEntries, pickEntries } from './mergeEntries.js';
import { readSlot, scalarSlot, slotKey, slotsLike } from './slots.js';
import { type AccumulatingOptimizer, stepsPerUpdate } from './stepsPerUpdate.js';

/**
 * Updates with the mean gradient of every `every` steps, so that small batches act as one `every` times as large (batch norm aside,
 * whose statistics stay those of each batch). Between updates neither the parameters nor the state of `inner` change. A remainder at
 * an epoch's end carries over, since the count is state: `accumulatedSteps`, beside `accumulated.<parameter>`.
 *
 * @throws ArgumentError unless `every` is a positive integer.
 */
export function accumulate(inner: Optimizer, every: number): AccumulatingOptimizer {
  if (!Number.isInteger(every) || every < 1)
    throw new ArgumentError(`accumulate: every is ${every}; it must be a positive integer.`);
  const perUpdate = every * stepsPerUpdate(inner);
  if (every === 1) return { ...inner, stepsPerUpdate: perUpdate };
  return {
    hyper: inner.hyper,
    stepsPerUpdate: perUpdate,
    init: (params) =>
      mergeEntries('accumulate', 'state entry', [
        inner.init(params),
        slotsLike('accumulated', params),
        { accumulatedSteps: scalarSlot(params) },
      ]),
    update(gradients, state, context) {
      const { names } = context;
      const count = state['accumulatedSteps']!.add(1);
      const complete = equal(count, every);
      const means = gradients.map((gradient, index) =>
        gradient.mul(1 / every).add(readSlot(state, 'accumulated', names[index]!)),
      );
      const own = new Set(['accumulatedSteps', ...names.map((name) => slotKey('accumulated', name))]);
      const innerState = pickEntries(
        state,
        Object.keys(state).filter((key) => !own.has(key)),
      );
      const [updates, after] = inner.update(means, innerState, context);
      const next: Record<string, Tensor> = { accumulatedSteps: select(complete, 0, count) };
      for (const [key, value] of Object.entries(after)) next[key] = select(complete, value, innerState[key]!);
      names.forEach((name, index) => {
        next[slotKey('accumulated', name)] = select(complete, 0, means[index]!);
      });
      return [updates.map((update) => select(complete, update, 0)), next];
    },
  };
}
