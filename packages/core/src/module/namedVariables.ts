import { ArgumentError } from '../errors/index.js';
import { formatShape } from '../ndarray/index.js';
import { isModule, type Module, variablesCreatedBy } from './Module.js';
import { isVariable, type Variable } from './Variable.js';

interface Walk {
  readonly variables: Map<string, Variable>;
  readonly modules: Map<Module, string>;
}

function walk(root: Module): Walk {
  const variables = new Map<string, Variable>();
  const named = new Set<Variable>();
  const modules = new Map<Module, string>();
  const open = new Set<object>();

  const visit = (value: unknown, path: string): void => {
    if (isVariable(value)) {
      if (!named.has(value)) {
        named.add(value);
        variables.set(path, value);
      }
      return;
    }
    if (!isModule(value) && !Array.isArray(value)) return;
    if (open.has(value))
      throw new ArgumentError(
        `The module at "${path}" contains itself. Keep modules in a tree; pass a parent as an argument, not as a property.`,
      );
    if (isModule(value)) {
      if (modules.has(value)) return;
      modules.set(value, path);
    }
    open.add(value);
    for (const [key, child] of Object.entries(value)) visit(child, path === '' ? key : `${path}.${key}`);
    open.delete(value);
    if (isModule(value)) {
      const hidden = variablesCreatedBy(value).find((variable) => !named.has(variable));
      if (hidden !== undefined) {
        throw new ArgumentError(
          `The module ${value.constructor.name}${path === '' ? '' : ` at "${path}"`} made a ${hidden.kind} of shape ${formatShape(hidden.aval.shape)} that no public property holds. Keep variables in public properties or arrays: a #private field or a closure hides them from checkpoints and optimizers.`,
        );
      }
    }
  };
  visit(root, '');
  return { variables, modules };
}

/**
 * Every variable below a module, by property path such as `'layer1.0.conv1.weight'`, in declaration order. A shared module or variable
 * is named once, by the first path.
 *
 * @throws ArgumentError for a module that contains itself or hides a variable.
 */
export function namedVariables(module: Module): ReadonlyMap<string, Variable> {
  return walk(module).variables;
}

/** Every module below and including `module`, by path; the root's path is empty. */
export function namedModules(module: Module): ReadonlyMap<string, Module> {
  return new Map([...walk(module).modules].map(([child, path]) => [path, child]));
}

/** The trainable parameters below the modules given, in declaration order. */
export function paramsOf(...modules: readonly Module[]): readonly Variable[] {
  return modules.flatMap((module) =>
    [...namedVariables(module).values()].filter(({ kind, trainable }) => kind === 'param' && trainable),
  );
}

/** Freezes (or thaws) every parameter below a module whose name the test accepts; gives the names concerned. */
export function setTrainable(
  module: Module,
  trainable: boolean,
  test: (name: string) => boolean = () => true,
): readonly string[] {
  const changed: string[] = [];
  for (const [name, variable] of namedVariables(module)) {
    if (variable.kind !== 'param' || !test(name)) continue;
    variable.trainable = trainable;
    changed.push(name);
  }
  return changed;
}
