import { schema } from '@delira/parameters';
import type { Optimizer } from '@delira/core';
import { accumulate, adam, adamW, chain, clipByGlobalNorm, clipByValue, ema, rmsProp, sgd } from '@delira/optim';
import { factory } from './Factory.js';
import type { Registries } from './Registries.js';

const { boolean, integer, number, object, optional } = schema;

/** Of every optimizer: what is done to gradients before it, and how it is applied. */
const around = {
  clipNorm: optional(number({ minimum: 0 })),
  clipValue: optional(number({ minimum: 0 })),
  accumulate: optional(integer({ minimum: 1 })),
  ema: optional(number({ minimum: 0, maximum: 1 })),
};

interface Around {
  readonly clipNorm?: number;
  readonly clipValue?: number;
  readonly accumulate?: number;
  readonly ema?: number;
}

const lr = number({ minimum: 0, default: 1e-3 });
const weightDecay = optional(number({ minimum: 0 }));
const moments = {
  ...around,
  lr,
  weightDecay,
  beta1: optional(number()),
  beta2: optional(number()),
  epsilon: optional(number()),
};

export function addOptimizers(optimizers: Registries['optimizers']): void {
  optimizers
    .register('Adam', factory(object(moments), surrounded(adam)))
    .register('AdamW', factory(object(moments), surrounded(adamW)))
    .register(
      'SGD',
      factory(
        object({
          ...around,
          lr,
          weightDecay,
          momentum: optional(number()),
          nesterov: optional(boolean()),
          dampening: optional(number()),
        }),
        surrounded(sgd),
      ),
    )
    .register(
      'RMSprop',
      factory(
        object({
          ...around,
          lr,
          weightDecay,
          momentum: optional(number()),
          alpha: optional(number()),
          epsilon: optional(number()),
          centered: optional(boolean()),
        }),
        surrounded(rmsProp),
      ),
    );
}

/** Clips, then updates, then averages; and all of it once per `accumulate` batches. */
function surrounded<O extends object>(create: (options: O) => Optimizer): (options: O & Around) => Optimizer {
  return ({ clipNorm, clipValue, accumulate: every, ema: decay, ...options }) => {
    const parts: Optimizer[] = [];
    if (clipValue !== undefined) parts.push(clipByValue(clipValue));
    if (clipNorm !== undefined) parts.push(clipByGlobalNorm(clipNorm));
    let made = create(options as unknown as O);
    if (parts.length > 0) made = chain(...parts, made);
    if (decay !== undefined) made = ema(made, decay);
    return every === undefined ? made : accumulate(made, every);
  };
}
