import { schema } from '@delira/parameters';
import { EarlyStopping, ReduceLROnPlateau, TimeLimit } from '@delira/training';
import { factory } from './Factory.js';
import type { Registries } from './Registries.js';

const { integer, list, number, object, optional, string } = schema;

const monitored = { monitor: optional(string()), mode: optional(string({ choices: ['min', 'max'] })) };

export function addCallbacks(callbacks: Registries['callbacks']): void {
  callbacks
    .register(
      'EarlyStopping',
      factory(
        object({ ...monitored, minDelta: optional(number()), patience: optional(integer()) }),
        (options) => new EarlyStopping(options),
      ),
    )
    .register(
      'ReduceLROnPlateau',
      factory(
        object({
          ...monitored,
          factor: optional(number()),
          patience: optional(integer()),
          threshold: optional(number()),
          thresholdMode: optional(string({ choices: ['rel', 'abs'] })),
          cooldown: optional(integer()),
          minLR: optional(number()),
          eps: optional(number()),
          hypers: optional(list(string())),
        }),
        (options) => new ReduceLROnPlateau(options),
      ),
    )
    .register(
      'TimeLimit',
      factory(object({ seconds: number(), exitCode: optional(integer()) }), (options) => new TimeLimit(options)),
    );
}
