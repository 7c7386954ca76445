import { didYouMean, type Json } from '@delira/core';
import { type Issue, ParametersError } from './errors.js';
import { copyValues } from './tree/copyValues.js';
import { isMapping } from './tree/isMapping.js';
import { type Path, printPath } from './tree/paths.js';
import { printValue } from './tree/printValue.js';
import type { Values } from './tree/Values.js';

const EMPTY: Values = Object.freeze({});

/** Which level of the tree comes first: `{ fixed: { model, training }, variable: … }` or `{ model: { fixed, variable }, training: … }`. */
export type Hierarchy = 'variabilityOnTop' | 'trainingOnTop';

/** A hyper-parameter search leaves fixed parameters alone, and may vary the others. */
export type Variability = 'fixed' | 'variable';
export type Section = 'model' | 'training';

export const VARIABILITIES = ['fixed', 'variable'] as const satisfies readonly Variability[];
export const SECTIONS = ['model', 'training'] as const satisfies readonly Section[];

/** What one kind of parameters has for the model and for its training. */
export interface Sections<M = Values, T = Values> {
  readonly model: M;
  readonly training: T;
}

/** What is fixed and what varies of one section. */
export interface Variabilities<S = Values> {
  readonly fixed: S;
  readonly variable: S;
}

/** With what is fixed and what varies on top; what is left out is empty. */
export interface VariabilityOnTop<M = Values, T = Values> {
  readonly fixed?: Partial<Sections<Partial<M>, Partial<T>>>;
  readonly variable?: Partial<Sections<Partial<M>, Partial<T>>>;
}

/** With model and training on top; what is left out is empty. */
export interface TrainingOnTop<M = Values, T = Values> {
  readonly model?: Partial<Variabilities<Partial<M>>>;
  readonly training?: Partial<Variabilities<Partial<T>>>;
}

export type ParameterTree<M = Values, T = Values> = VariabilityOnTop<M, T> | TrainingOnTop<M, T>;

/** All four groups of parameters. */
export type Groups = Readonly<Record<Variability, Readonly<Record<Section, Values>>>>;

/** What a tree was found to hold. */
export class CheckedTree {
  constructor(
    readonly hierarchy: Hierarchy,
    readonly groups: Groups,
  ) {}
}

/** @throws ParametersError unless the tree has one of the two hierarchies, and nothing but them on its first two levels. */
export function checkTree(tree: unknown): CheckedTree {
  const issues: Issue[] = [];
  const copy = copyValues(tree) as Json;
  const hierarchy = hierarchyOf(copy);
  const [outer, inner] =
    hierarchy === 'variabilityOnTop' ? ([VARIABILITIES, SECTIONS] as const) : ([SECTIONS, VARIABILITIES] as const);
  const top = readLevel(copy, outer, [], issues);
  const middle = new Map(outer.map((name) => [name as string, readLevel(top[name], inner, [name], issues)]));

  const group = (variability: Variability, section: Section): Values => {
    const [first, second] = hierarchy === 'variabilityOnTop' ? [variability, section] : [section, variability];
    return readGroup(middle.get(first)![second], [first, second], issues);
  };
  const groups: Groups = {
    fixed: Object.freeze({ model: group('fixed', 'model'), training: group('fixed', 'training') }),
    variable: Object.freeze({ model: group('variable', 'model'), training: group('variable', 'training') }),
  };
  if (issues.length > 0) throw new ParametersError(issues);
  return new CheckedTree(hierarchy, groups);
}

function hierarchyOf(tree: Json): Hierarchy {
  const has = (names: readonly string[]): boolean => isMapping(tree) && names.some((name) => Object.hasOwn(tree, name));
  if (has(VARIABILITIES) && has(SECTIONS))
    throw new ParametersError([
      {
        path: '',
        message: 'There is no valid hierarchy: use either fixed and variable on top, or model and training.',
      },
    ]);
  return has(SECTIONS) ? 'trainingOnTop' : 'variabilityOnTop';
}

/** What is left out, or left empty in a file, is an empty mapping. */
function readLevel(value: Json | undefined, names: readonly string[], path: Path, issues: Issue[]): Values {
  const level = readMapping(value, path, issues);
  const around = path.length === 0 ? '' : `${printPath(path)}.`;
  const places = path.length === 0 ? [...VARIABILITIES, ...SECTIONS] : names;
  for (const name of Object.keys(level))
    if (!names.includes(name))
      issues.push({
        path: printPath([...path, name]),
        message: `is not known here.${didYouMean(name, places)} Parameters are below ${places.map((place) => around + place).join(', ')}.`,
      });
  return level;
}

function readGroup(value: Json | undefined, path: Path, issues: Issue[]): Values {
  const group = readMapping(value, path, issues);
  for (const name of VARIABILITIES)
    if (Object.hasOwn(group, name))
      issues.push({
        path: printPath([...path, name]),
        message: `a parameter cannot be called "${name}" here. Choose another name, or look at the order of the levels.`,
      });
  return group;
}

function readMapping(value: Json | undefined, path: Path, issues: Issue[]): Values {
  if (value === undefined || value === null) return EMPTY;
  if (isMapping(value)) return value;
  issues.push({ path: printPath(path), message: `is ${printValue(value)}, but must be a mapping.` });
  return EMPTY;
}

/** The same parameters in one of the two orders. */
export function toTree(groups: Groups, hierarchy: Hierarchy): Values {
  const { fixed, variable } = groups;
  if (hierarchy === 'variabilityOnTop')
    return {
      fixed: { model: fixed.model, training: fixed.training },
      variable: { model: variable.model, training: variable.training },
    };
  return {
    model: { fixed: fixed.model, variable: variable.model },
    training: { fixed: fixed.training, variable: variable.training },
  };
}
