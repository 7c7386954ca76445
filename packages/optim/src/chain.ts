import { ArgumentError, type OptimizerParam, type Tensor } from '@delira/core';
import type { Optimizer } from '@delira/core';
import { mergeEntries, pickEntries } from './mergeEntries.js';
import { type AccumulatingOptimizer, stepsPerUpdate } from './stepsPerUpdate.js';

/**
 * Applies transforms one after the other: `chain(clipByGlobalNorm(1), adam())`. Keys of state and hypers are those of the parts, so
 * adding a clip to an optimizer keeps its checkpoints.
 *
 * @throws ArgumentError for no transforms, or when two of them keep state or hypers of one name.
 */
export function chain(...transforms: readonly Optimizer[]): AccumulatingOptimizer {
  if (transforms.length === 0) throw new ArgumentError('chain: give it at least one transform.');
  const initOf = (params: readonly OptimizerParam[]) => transforms.map((transform) => transform.init(params));
  return {
    hyper: mergeEntries(
      'chain',
      'hyper',
      transforms.map(({ hyper }) => hyper),
    ),
    stepsPerUpdate: Math.max(...transforms.map(stepsPerUpdate)),
    init: (params) => mergeEntries('chain', 'state entry', initOf(params)),
    update(updates, state, context) {
      const declared = initOf(
        context.params.map(({ shape, dtype }, index) => ({ shape, dtype, name: context.names[index]! })),
      );
      let current = updates;
      const next: Record<string, Tensor> = {};
      transforms.forEach((transform, index) => {
        const own = pickEntries(state, Object.keys(declared[index]!));
        const [changed, after] = transform.update(current, own, context);
        current = changed;
        Object.assign(next, after);
      });
      return [current, next];
    },
  };
}
