import { ParametersError, type Issue } from '../errors.js';
import type { Json } from '@delira/core';
import { isReserved, MOST_LEVELS, MOST_VALUES } from './limits.js';
import { type Path, printPath } from './paths.js';

/**
 * A frozen copy that shares nothing with `values`. Leaves out what is undefined, and turns −0, which JSON and YAML print in two ways, into 0.
 *
 * @throws ParametersError naming the paths of what a file could not hold, of reserved names, and when there are too many values.
 */
export function copyValues<V>(values: V): V {
  const issues: Issue[] = [];
  let count = 0;

  function copy(value: unknown, path: Path): Json {
    if (++count > MOST_VALUES)
      throw tooMuch(path.slice(0, 1), `There are more than ${MOST_VALUES} values in these parameters.`);
    if (path.length > MOST_LEVELS)
      throw tooMuch(path.slice(0, 3), `There are more than ${MOST_LEVELS} levels within each other, or a circle.`);
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? 0 : value;
    if (Array.isArray(value)) return Object.freeze(Array.from(value, (item, index) => copy(item, [...path, index])));
    if (isPlainObject(value)) {
      const result: Record<string, Json> = {};
      for (const [name, item] of Object.entries(value)) {
        if (item === undefined) continue;
        if (isReserved(name))
          issues.push({
            path: printPath([...path, name]),
            message: `the name "${name}" is reserved. Choose another name.`,
          });
        else result[name] = copy(item, [...path, name]);
      }
      return Object.freeze(result);
    }
    issues.push({ path: printPath(path), message: refusal(value) });
    return null;
  }

  const result = copy(values, []);
  if (issues.length > 0) throw new ParametersError(issues);
  return result as V;
}

function tooMuch(path: Path, message: string): ParametersError {
  return new ParametersError([
    { path: printPath(path), message: `${message} Parameters describe; keep data in files of its own.` },
  ]);
}

function refusal(value: unknown): string {
  const allowed = 'Use null, booleans, finite numbers, strings, arrays and plain objects';
  if (typeof value === 'function' || (typeof value === 'object' && value !== null))
    return `is ${describe(value)}, which a file cannot hold. ${allowed}; name what is to be made as { type: 'its registered name', options: {…} }.`;
  return `is ${typeof value === 'bigint' ? `${value}n` : String(value)}, which a file cannot hold. ${allowed}.`;
}

function describe(value: object): string {
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function or class ${value.name}`;
  const { constructor } = value as { readonly constructor?: unknown };
  return typeof constructor === 'function' && constructor.name !== ''
    ? `an instance of ${constructor.name}`
    : 'an object with a prototype of its own';
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
