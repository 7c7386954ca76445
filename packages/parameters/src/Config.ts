import type { Json } from '@delira/core';
import type { Schema } from './schema/Schema.js';
import { validate } from './schema/validate.js';
import { parseAssignment } from './text/parseAssignment.js';
import { type ParseOptions, parseText } from './text/parseText.js';
import { stringifyValues } from './text/stringifyValues.js';
import type { TextFormat } from './text/TextFormat.js';
import { copyValues } from './tree/copyValues.js';
import { listLeaves } from './tree/listPlaces.js';
import { mergeValues } from './tree/mergeValues.js';
import { missing } from './tree/missing.js';
import { nestedGet, type NestedGetAllOptions, type NestedGetOptions } from './tree/nestedGet.js';
import { parsePath, printPath, valueAt } from './tree/paths.js';
import { type ChangeOptions, replaceAt } from './tree/replaceAt.js';
import type { Values } from './tree/Values.js';

/**
 * A tree of plain data with lookup, changes and text. It never changes: every method that would returns another one. `Parameters` is the
 * one for hyper-parameters, with what is fixed and what varies.
 */
export class Config<V = Values> {
  /** The tree, frozen: `config.values.model.depth`. */
  readonly values: V;

  /** @throws ParametersError for what a file could not hold: functions, class instances, NaN, reserved names; with the path of each. */
  constructor(values: V) {
    this.values = copyValues(values);
  }

  /** Reads YAML (or JSON) as `parseText` does. @throws ParametersError */
  static parse(text: string, options?: ParseOptions): Config {
    return new Config(parseText(text, options));
  }

  /**
   * The value at a path: `'training.transforms[0].options.p'`, `'schedules["default.lr"]'`.
   *
   * @param fallback returned where there is nothing.
   * @throws NotFoundError without a fallback: says what there is, which name is nearest, and where else the name occurs.
   */
  get(path: string, fallback?: Json): Json {
    const steps = parsePath(path);
    const value = valueAt(this.#tree, steps);
    if (value !== undefined) return value;
    if (fallback !== undefined) return fallback;
    throw missing(this.#tree, steps);
  }

  has(path: string): boolean {
    return valueAt(this.#tree, parsePath(path)) !== undefined;
  }

  /**
   * The value of the one parameter of this name, however deep it is; a name with a dot is a path.
   *
   * @throws NotFoundError when there is none and no default; ArgumentError when there are several, listing their paths.
   */
  nestedGet(name: string, options?: NestedGetOptions): Json;
  /** The values of all parameters of this name, depth first; none is an empty list. */
  nestedGet(name: string, options: NestedGetAllOptions): readonly Json[];
  nestedGet(name: string, options?: NestedGetOptions | NestedGetAllOptions): Json | readonly Json[] {
    return nestedGet(this.#tree, name, options as NestedGetOptions);
  }

  /** The paths of all values that hold no others. */
  paths(): readonly string[] {
    return Array.from(listLeaves(this.#tree), ({ path }) => printPath(path));
  }

  /**
   * With other values at some paths: `config.with({ 'model.depth': 4 })`. A mapping replaces a mapping as a whole; `merge` lays one over it.
   *
   * @throws NotFoundError for a path that is not there, unless `allowNew`.
   * @throws ArgumentError where a mapping would be lost to a plain value, or the reverse.
   */
  with(changes: Values, options?: ChangeOptions): Config<V> {
    return this.#change(
      Object.entries(copyValues(changes)).map(
        ([path, value]) =>
          (tree) =>
            replaceAt(tree, parsePath(path), value, options),
      ),
    );
  }

  /** With what arguments of a command line say: `['model.depth=4', 'training.lr=1e-3']`. Throws as `with` and `parseAssignment` do. */
  withArguments(assignments: readonly string[], options?: ChangeOptions): Config<V> {
    return this.#change(
      assignments.map(parseAssignment).map(
        ({ path, value }) =>
          (tree) =>
            replaceAt(tree, path, value, options),
      ),
    );
  }

  /** With another tree laid over this one: mappings are merged (unless their `type` differs), everything else is replaced. */
  merge(over: Values): Config<V> {
    return this.#change([(tree) => mergeValues(tree, copyValues(over))]);
  }

  /** What a schema makes of the tree. @throws ParametersError with every issue and its path. */
  validate<T>(schema: Schema<T>): T {
    return validate(schema, this.values);
  }

  /** An equal one that shares nothing with this one. */
  clone(): Config<V> {
    return new Config(this.values);
  }

  /** Text that `Config.parse` reads as an equal one. */
  stringify(format?: TextFormat): string {
    return stringifyValues(this.#tree, format);
  }

  toJSON(): V {
    return this.values;
  }

  /** One `path = value` per line. */
  toString(): string {
    return printLeaves('Config', this.#tree);
  }

  #change(changes: readonly ((tree: Values) => Values)[]): Config<V> {
    return new Config(changes.reduce((tree, change) => change(tree), this.#tree)) as unknown as Config<V>;
  }

  get #tree(): Values {
    return this.values as Values;
  }
}

export function printLeaves(heading: string, tree: Values): string {
  const lines = Array.from(listLeaves(tree), ({ path, value }) => `\t${printPath(path)} = ${JSON.stringify(value)}`);
  return [`${heading}:`, ...lines].join('\n');
}
