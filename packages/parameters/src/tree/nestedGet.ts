import { ArgumentError, didYouMean, type Json, NotFoundError } from '@delira/core';
import { listPlaces } from './listPlaces.js';
import { missing, shorten } from './missing.js';
import { parsePath, printPath, valueAt } from './paths.js';
import type { Values } from './Values.js';

export interface NestedGetOptions {
  /** What to return when there is no such name; without it that is an error. */
  readonly default?: Json;
}

export interface NestedGetAllOptions {
  /** Whether a name that occurs at several places is not an error: all its values are returned, depth first. */
  readonly allowMultiple: true;
}

/**
 * The value of the one parameter called `name`, however deep it is in mappings and lists; a whole mapping may be meant. A name with a dot or
 * a bracket is a path, looked up exactly.
 *
 * @throws NotFoundError when there is none and no default, with the nearest name and its path.
 * @throws ArgumentError when there are several, with or without a default, listing their paths.
 */
export function nestedGet(values: Values, name: string, options?: NestedGetOptions): Json;
/** The values of all parameters called `name`, depth first; none is an empty list. */
export function nestedGet(values: Values, name: string, options: NestedGetAllOptions): readonly Json[];
export function nestedGet(
  values: Values,
  name: string,
  options: NestedGetOptions | NestedGetAllOptions = {},
): Json | readonly Json[] {
  const allowMultiple = 'allowMultiple' in options;
  const found = /[.[]/.test(name) ? atPath(values, name) : byName(values, name);
  if (allowMultiple) return found.map(({ value }) => value);
  if (found.length > 1)
    throw new ArgumentError(
      `There are ${found.length} parameters called "${name}": ${shorten(found.map(({ path }) => path))}. Ask for one by its path, or for all with allowMultiple.`,
    );
  const [only] = found;
  if (only !== undefined) return only.value;
  if ('default' in options && options.default !== undefined) return options.default;
  throw /[.[]/.test(name) ? missing(values, parsePath(name)) : noSuchName(values, name);
}

interface Found {
  readonly path: string;
  readonly value: Json;
}

function atPath(values: Values, text: string): readonly Found[] {
  const value = valueAt(values, parsePath(text));
  return value === undefined ? [] : [{ path: text, value }];
}

function byName(values: Values, name: string): readonly Found[] {
  return [...listPlaces(values)]
    .filter(({ path }) => path.at(-1) === name)
    .map(({ path, value }) => ({ path: printPath(path), value }));
}

function noSuchName(values: Values, name: string): NotFoundError {
  const paths = new Map<string, string>();
  for (const { path } of listPlaces(values)) {
    const step = path.at(-1);
    if (typeof step === 'string' && !paths.has(step)) paths.set(step, printPath(path));
  }
  const nearest = didYouMean(name, paths.keys());
  const suggested = [...paths.keys()].find((known) => nearest === ` Did you mean "${known}"?`);
  const where = suggested === undefined ? '' : ` It is at ${paths.get(suggested)!}.`;
  return new NotFoundError(
    `There is no parameter called "${name}".${nearest}${where} Parameters: ${shorten([...paths.values()]) || 'none'}.`,
  );
}
