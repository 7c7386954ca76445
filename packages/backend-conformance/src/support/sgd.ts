import type { Optimizer } from '@delira/core';

/** Gradient descent with heavy-ball momentum: velocity = momentum · velocity + gradient, update = −lr · velocity. */
export function sgd({ lr = 0.1, momentum = 0 }: { readonly lr?: number; readonly momentum?: number } = {}): Optimizer {
  return {
    hyper: { lr },
    init: (params) =>
      momentum === 0
        ? {}
        : Object.fromEntries(
            params.map(({ name, shape, dtype }) => [`velocity.${name}`, { shape, dtype, fill: 0 } as const]),
          ),
    update(gradients, state, { names, hyper }) {
      const step = hyper('lr').neg();
      if (momentum === 0) return [gradients.map((gradient) => gradient.mul(step)), {}];
      const velocities = gradients.map((gradient, index) =>
        state[`velocity.${names[index]!}`]!.mul(momentum).add(gradient),
      );
      return [
        velocities.map((velocity) => velocity.mul(step)),
        Object.fromEntries(velocities.map((velocity, index) => [`velocity.${names[index]!}`, velocity])),
      ];
    },
  };
}
