import { ArgumentError, type Json } from '@delira/core';
import { isList, isMapping } from './isMapping.js';
import { missing } from './missing.js';
import { child, type Path, printPath } from './paths.js';
import { printValue } from './printValue.js';
import type { Values } from './Values.js';

export interface ChangeOptions {
  /**
   * Whether names that are not there yet are added; default false, since they are typing mistakes more often than not. A description that is
   * a name alone, `Adam`, can be given `options` so.
   */
  readonly allowNew?: boolean;
}

/**
 * `values` with another value at `path`.
 *
 * @throws NotFoundError for a name that is not there, unless `allowNew`, and for a position that is not in its list.
 * @throws ArgumentError when a mapping would be lost to a plain value or a plain value to a mapping.
 */
export function replaceAt(values: Values, path: Path, value: Json, options: ChangeOptions = {}): Values {
  checkChange(values, path, value, options);
  return setAt(values, path, value);
}

/** Throws what `replaceAt` would. */
export function checkChange(values: Values, path: Path, value: Json, { allowNew = false }: ChangeOptions = {}): void {
  let current: Json = values;
  for (const step of path) {
    const below: Json | undefined = child(current, step);
    if (below === undefined) {
      if (allowNew && (isMapping(current) || current === null || isNameAlone(current, step))) return;
      throw missing(values, path, !allowNew && isMapping(current) ? ' To add it, allow new names.' : '');
    }
    current = below;
  }
  checkKind(current, value, path);
}

/** `values` with a value at `path`, whatever was there before; mappings on the way are made where there are none. The rest is shared. */
export function setAt(values: Values, path: Path, value: Json): Values {
  return set(values, path, value) as Values;
}

function set(current: Json | undefined, [step, ...rest]: Path, value: Json): Json {
  if (step === undefined) return value;
  const below = set(child(current, step), rest, value);
  if (isList(current)) return current.with(Number(step), below);
  if (isNameAlone(current, step)) return { type: current, [step]: below };
  return { ...(isMapping(current) ? current : {}), [step]: below };
}

/** Whether `step` leads to the options of a description that has none: `'Adam'` is `{ type: 'Adam' }`. */
function isNameAlone(current: Json | undefined, step: Path[number]): current is string {
  return typeof current === 'string' && step === 'options';
}

/** `values` without the name at the end of `path`, where only mappings lead to it. */
export function removeAt(values: Values, [step, ...rest]: Path): Values {
  if (step === undefined || !Object.hasOwn(values, step)) return values;
  const { [String(step)]: below, ...others } = values;
  if (rest.length === 0) return others;
  return isMapping(below) ? { ...values, [step]: removeAt(below, rest) } : values;
}

/** A description `{ type: 'Adam' }` may also be written as `'Adam'`, so one may become the other; where it may be a number, it takes its place. */
function checkKind(current: Json, value: Json, path: Path): void {
  if (current === null || value === null || isMapping(current) === isMapping(value)) return;
  const mapping = isMapping(current) ? current : value;
  const other = isMapping(current) ? value : current;
  const isTaken = typeof other === 'string' || (isMapping(value) && !isList(other));
  if (isTaken && isMapping(mapping) && Object.hasOwn(mapping, 'type')) return;
  throw new ArgumentError(
    isMapping(current)
      ? `${printPath(path)} holds ${Object.keys(current).join(', ') || 'names'}, and would be lost to ${printValue(value)}. Name what to change below it.`
      : `${printPath(path)} is ${printValue(current)}, not something with names below it. Give a plain value.`,
  );
}
