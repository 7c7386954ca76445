import { Registry } from '@delira/core';
import { type ComponentFactory, componentFactory, type Schema, type Values } from '@delira/parameters';

/**
 * Makes something from the options that a config gives it. `path` is where they stand in the config, `facts` is what is known besides: a
 * `ComponentFactory` of `@delira/parameters` is one that needs none.
 */
export type Factory<T, F> = (options: Values, path: string, facts: F) => T;

/** A factory that checks the options first; an unknown one is refused, with the nearest suggested. */
export function factory<T, O, F>(options: Schema<O>, create: (options: O, facts: F, path: string) => T): Factory<T, F> {
  return (values, path, facts) => componentFactory(options, (checked: O) => create(checked, facts, path))(values, path);
}

/** The registry as `createComponent` takes it. */
export function withFacts<T, F>(registry: Registry<Factory<T, F>>, facts: F): Registry<ComponentFactory<T>> {
  const bound = new Registry<ComponentFactory<T>>(registry.kind);
  for (const name of registry.names()) {
    const create = registry.get(name);
    bound.register(name, (options, path) => create(options, path, facts));
  }
  return bound;
}
