import type { Json, Registry } from '@delira/core';
import { ParametersError } from '../errors.js';
import type { Schema } from '../schema/Schema.js';
import { validate } from '../schema/validate.js';
import { isList, isMapping } from '../tree/isMapping.js';
import { type Path, parsePath, printPath } from '../tree/paths.js';
import { printValue } from '../tree/printValue.js';
import type { Values } from '../tree/Values.js';
import { readComponent } from './Component.js';

/**
 * Makes something from the options of its description: what an application puts into a `Registry`. `path` is where the options are, to be
 * handed on when they describe further components.
 */
export type ComponentFactory<T> = (options: Values, path: string) => T;

/** A factory that checks the options first: `componentFactory(schema.object({ lr: schema.number() }), (options) => adam(options))`. */
export function componentFactory<T, O>(
  options: Schema<O>,
  create: (options: O, path: string) => T,
): ComponentFactory<T> {
  return (values, path) => create(validate(options, values, path === '' ? [] : parsePath(path)), path);
}

/**
 * Makes what a description, `{ type: 'Adam', options: { lr: 0.1 } }` or `'Adam'`, describes.
 *
 * @param path where the description is in the parameters, for messages: `'training.optimizer'`.
 * @throws ParametersError for what is no description, a name that is not registered (the nearest is suggested) and options that are refused.
 */
export function createComponent<T>(
  registry: Registry<ComponentFactory<T>>,
  description: Json | undefined,
  path = '',
): T {
  return createAt(registry, description, path === '' ? [] : parsePath(path));
}

/** As `createComponent`, for a list of descriptions: transforms, metrics. */
export function createComponents<T>(
  registry: Registry<ComponentFactory<T>>,
  descriptions: Json | undefined,
  path = '',
): readonly T[] {
  const around = path === '' ? [] : parsePath(path);
  if (!isList(descriptions))
    throw refuse(around, `is ${printValue(descriptions)}, but must be a list of descriptions.`);
  return descriptions.map((description, index) => createAt(registry, description, [...around, index]));
}

/** As `createComponent`, for descriptions with names: losses, the optimizer of each group. */
export function createNamedComponents<T>(
  registry: Registry<ComponentFactory<T>>,
  descriptions: Json | undefined,
  path = '',
): Readonly<Record<string, T>> {
  const around = path === '' ? [] : parsePath(path);
  if (!isMapping(descriptions))
    throw refuse(around, `is ${printValue(descriptions)}, but must be a mapping of descriptions.`);
  return Object.fromEntries(
    Object.entries(descriptions).map(([name, description]) => [
      name,
      createAt(registry, description, [...around, name]),
    ]),
  );
}

function createAt<T>(registry: Registry<ComponentFactory<T>>, description: Json | undefined, path: Path): T {
  const { type, options } = readComponent(description, path);
  const create = find(registry, type, typeof description === 'string' ? path : [...path, 'type']);
  const at = [...path, 'options'];
  try {
    return create(options, printPath(at));
  } catch (cause) {
    // Libraries refuse an option without knowing where it was written.
    if (hasCode(cause, 'ARGUMENT')) throw refuse(at, cause.message, cause);
    throw cause;
  }
}

function find<T>(registry: Registry<T>, type: string, path: Path): T {
  try {
    return registry.get(type);
  } catch (cause) {
    if (hasCode(cause, 'NOT_FOUND')) throw refuse(path, cause.message, cause);
    throw cause;
  }
}

/** By code: an independently installed package may bring a second copy of the error classes. */
function hasCode(cause: unknown, code: string): cause is Error {
  return cause instanceof Error && 'code' in cause && cause.code === code;
}

function refuse(path: Path, message: string, cause?: unknown): ParametersError {
  return new ParametersError([{ path: printPath(path), message }], { cause });
}
