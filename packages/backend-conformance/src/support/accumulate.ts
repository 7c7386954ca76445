import { equal, type Optimizer, select } from '@delira/core';

/** Applies `inner` to the mean of `count` gradients, every `count` steps; in between the updates are zero. For stateless `inner`. */
export function accumulate(inner: Optimizer, count: number): Optimizer {
  return {
    hyper: inner.hyper,
    init: (params) => ({
      calls: { shape: [], dtype: 'int32', fill: 0 },
      ...Object.fromEntries(
        params.map(({ name, shape, dtype }) => [`sum.${name}`, { shape, dtype, fill: 0 } as const]),
      ),
    }),
    update(gradients, state, context) {
      const calls = state['calls']!.add(1);
      const full = equal(calls, count);
      const sums = gradients.map((gradient, index) => state[`sum.${context.names[index]!}`]!.add(gradient));
      const [updates] = inner.update(
        sums.map((sum) => sum.mul(1 / count)),
        {},
        context,
      );
      return [
        updates.map((update) => select(full, update, 0)),
        {
          calls: select(full, 0, calls),
          ...Object.fromEntries(sums.map((sum, index) => [`sum.${context.names[index]!}`, select(full, 0, sum)])),
        },
      ];
    },
  };
}
