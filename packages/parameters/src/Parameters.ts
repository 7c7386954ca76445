import { ArgumentError, type Json } from '@delira/core';
import { Config, printLeaves } from './Config.js';
import {
  CheckedTree,
  checkTree,
  type Groups,
  type Hierarchy,
  type ParameterTree,
  SECTIONS,
  type Sections,
  toTree,
  VARIABILITIES,
  type Variabilities,
} from './hierarchies.js';
import type { Schema } from './schema/Schema.js';
import { parseAssignment } from './text/parseAssignment.js';
import { type ParseOptions, parseText } from './text/parseText.js';
import { stringifyValues } from './text/stringifyValues.js';
import type { TextFormat } from './text/TextFormat.js';
import { copyValues } from './tree/copyValues.js';
import { isMapping } from './tree/isMapping.js';
import { mergeValues } from './tree/mergeValues.js';
import { missing } from './tree/missing.js';
import { nestedGet, type NestedGetAllOptions, type NestedGetOptions } from './tree/nestedGet.js';
import { type Path, parsePath, valueAt } from './tree/paths.js';
import { type ChangeOptions, checkChange, removeAt, replaceAt, setAt } from './tree/replaceAt.js';
import type { Values } from './tree/Values.js';

/**
 * Hyper-parameters of a model and of its training, some fixed and some variable (free for a search to change), in either of two orders:
 * `{ fixed: { model, training }, variable: … }` or `{ model: { fixed, variable }, training: … }`. Both orders are views of the same frozen
 * values, and nothing ever changes: what would change parameters returns others.
 *
 * Lookups read what holds in the end, fixed parameters overlaid by variable ones: `model.depth`. A path may also name one of the two,
 * in any order: `variable.model.depth`, `model.variable.depth`.
 */
export class Parameters<M = Values, T = Values> {
  /** Order of `tree`, and of the text. */
  readonly hierarchy: Hierarchy;
  readonly #groups: Groups;
  readonly #merged: Config<Sections<M, T>>;

  /**
   * @param tree in one of the two orders; what is left out is empty.
   * @throws ParametersError for other names on the two upper levels, and for values that a file could not hold, with the path of each.
   */
  constructor(tree: ParameterTree<NoInfer<M>, NoInfer<T>> = {}) {
    const { hierarchy, groups } = tree instanceof CheckedTree ? tree : checkTree(tree);
    const { fixed, variable } = groups;
    this.hierarchy = hierarchy;
    this.#groups = groups;
    this.#merged = new Config({
      model: mergeValues(fixed.model, variable.model) as M,
      training: mergeValues(fixed.training, variable.training) as T,
    });
  }

  /** Reads YAML (or JSON) as `parseText` does. @throws ParametersError */
  static parse(text: string, options?: ParseOptions): Parameters {
    return new Parameters(parseText(text, options));
  }

  /** What holds in the end: `parameters.values.model.depth`. Mappings are merged, unless their `type` differs. */
  get values(): Sections<M, T> {
    return this.#merged.values;
  }

  get fixed(): Sections<Partial<M>, Partial<T>> {
    return this.#groups.fixed as Sections<Partial<M>, Partial<T>>;
  }

  get variable(): Sections<Partial<M>, Partial<T>> {
    return this.#groups.variable as Sections<Partial<M>, Partial<T>>;
  }

  get model(): Variabilities<Partial<M>> {
    return { fixed: this.fixed.model, variable: this.variable.model };
  }

  get training(): Variabilities<Partial<T>> {
    return { fixed: this.fixed.training, variable: this.variable.training };
  }

  /** Everything, in this hierarchy's order. */
  get tree(): ParameterTree<M, T> {
    return toTree(this.#groups, this.hierarchy) as ParameterTree<M, T>;
  }

  get variabilityOnTop(): boolean {
    return this.hierarchy === 'variabilityOnTop';
  }

  get trainingOnTop(): boolean {
    return this.hierarchy === 'trainingOnTop';
  }

  /** The same parameters in the other order. */
  permuteHierarchy(): Parameters<M, T> {
    return this.permuteTo(this.variabilityOnTop ? 'trainingOnTop' : 'variabilityOnTop');
  }

  permuteVariabilityOnTop(): Parameters<M, T> {
    return this.permuteTo('variabilityOnTop');
  }

  permuteTrainingOnTop(): Parameters<M, T> {
    return this.permuteTo('trainingOnTop');
  }

  /** The same parameters in the given order; themselves, when that is theirs. */
  permuteTo(hierarchy: Hierarchy): Parameters<M, T> {
    return hierarchy === this.hierarchy ? this : this.#same(this.#groups, hierarchy);
  }

  /**
   * The value at a path: `'model.depth'`, `'training.transforms[0].options.p'`, `'variable.training.lr'`.
   *
   * @param fallback returned where there is nothing.
   * @throws NotFoundError without a fallback: says what there is, which name is nearest, and where else the name occurs.
   */
  get(path: string, fallback?: Json): Json {
    const steps = parsePath(path);
    const value = valueAt(this.#treeOf(steps), steps);
    if (value !== undefined) return value;
    if (fallback !== undefined) return fallback;
    throw missing(this.#treeOf(steps), steps);
  }

  has(path: string): boolean {
    const steps = parsePath(path);
    return valueAt(this.#treeOf(steps), steps) !== undefined;
  }

  /**
   * The value of the one parameter of this name, however deep it is, also in lists; a variable one hides a fixed one. A name with a dot is a
   * path.
   *
   * @throws NotFoundError when there is none and no default; ArgumentError when there are several, listing their paths.
   */
  nestedGet(name: string, options?: NestedGetOptions): Json;
  /** The values of all parameters of this name, depth first; none is an empty list. */
  nestedGet(name: string, options: NestedGetAllOptions): readonly Json[];
  nestedGet(name: string, options?: NestedGetOptions | NestedGetAllOptions): Json | readonly Json[] {
    const tree = /[.[]/.test(name) ? this.#treeOf(parsePath(name)) : this.#mergedTree;
    return nestedGet(tree, name, options as NestedGetOptions);
  }

  /** The paths of all parameters, `model.depth`, whether fixed or variable. */
  paths(): readonly string[] {
    return this.#merged.paths();
  }

  /**
   * With other values at some paths: `parameters.with({ 'model.depth': 4 })`. Each goes where the parameter is, fixed or variable; new
   * ones become fixed, unless the path says otherwise or they are below a variable one.
   *
   * @throws NotFoundError for a path that is not there, unless `allowNew`.
   * @throws ArgumentError where a mapping would be lost to a plain value, or the reverse.
   */
  with(changes: Values, options?: ChangeOptions): Parameters<M, T> {
    return Object.entries(copyValues(changes)).reduce<Parameters<M, T>>(
      (changed, [path, value]) => changed.#withValue(parsePath(path), value, options),
      this,
    );
  }

  /** With what arguments of a command line say: `['model.depth=4', 'training.lr=1e-3']`. Throws as `with` and `parseAssignment` do. */
  withArguments(assignments: readonly string[], options?: ChangeOptions): Parameters<M, T> {
    return assignments
      .map(parseAssignment)
      .reduce<Parameters<M, T>>((changed, { path, value }) => changed.#withValue(path, value, options), this);
  }

  /** What a schema makes of `values`: checked, typed, with defaults. @throws ParametersError with every issue and its path. */
  validate<V>(schema: Schema<V>): V {
    return this.#merged.validate(schema);
  }

  /** Equal parameters that share nothing with these. */
  clone(): Parameters<M, T> {
    return new Parameters(this.tree);
  }

  /** Text that `Parameters.parse` reads as equal parameters in the same hierarchy. */
  stringify(format?: TextFormat): string {
    return stringifyValues(toTree(this.#groups, this.hierarchy), format);
  }

  toJSON(): ParameterTree<M, T> {
    return this.tree;
  }

  /** One `path = value` per line, in this hierarchy's order. */
  toString(): string {
    return printLeaves('Parameters', toTree(this.#groups, this.hierarchy));
  }

  get #mergedTree(): Values {
    return this.#merged.values as unknown as Values;
  }

  #same(groups: Groups, hierarchy: Hierarchy): Parameters<M, T> {
    return new Parameters<M, T>(new CheckedTree(hierarchy, groups) as ParameterTree<M, T>);
  }

  /** The tree a path is meant in: that of an order when it names what is fixed or varies, or else what holds in the end. */
  #treeOf(path: Path): Values {
    if (groupOf(path) === null) return this.#mergedTree;
    return { ...toTree(this.#groups, 'variabilityOnTop'), ...toTree(this.#groups, 'trainingOnTop') };
  }

  #withValue(path: Path, value: Json, options: ChangeOptions | undefined): Parameters<M, T> {
    const group = groupOf(path);
    const tree = toTree(this.#groups, 'variabilityOnTop');
    const changed = group === null ? this.#change(tree, path, value, options) : replaceAt(tree, group, value, options);
    return this.#same(checkTree(changed).groups, this.hierarchy);
  }

  /** Changes a parameter that the path calls neither fixed nor variable. */
  #change(tree: Values, path: Path, value: Json, options: ChangeOptions | undefined): Values {
    if (path.length === 1 && isOneOf(SECTIONS, path[0]))
      throw new ArgumentError(
        `"${path[0]}" is not one parameter. Name one in it, or ${path[0]}.fixed or ${path[0]}.variable.`,
      );
    if (!isOneOf(SECTIONS, path[0])) throw missing(this.#mergedTree, path);
    checkChange(this.#mergedTree, path, value, options);
    let depth = path.length;
    while (valueAt(this.#mergedTree, path.slice(0, depth)) === undefined) depth--;
    const isVariable = depth > 1 && valueAt(tree, ['variable', ...path.slice(0, depth)]) !== undefined;
    if (!isVariable) return setAt(tree, ['fixed', ...path], value);
    // What is fixed below would be merged into the mapping that is to replace it.
    const bare = isMapping(value) ? removeAt(tree, ['fixed', ...path]) : tree;
    return setAt(bare, ['variable', ...path], value);
  }
}

/** The place in the tree with variability on top of a path that names what is fixed or varies, in either order; null for any other path. */
function groupOf(path: Path): Path | null {
  const [first, second, ...rest] = path;
  if (isOneOf(VARIABILITIES, first)) return path;
  return isOneOf(SECTIONS, first) && isOneOf(VARIABILITIES, second) ? [second, first, ...rest] : null;
}

function isOneOf<N extends string>(names: readonly N[], name: unknown): name is N {
  return names.some((one) => one === name);
}
