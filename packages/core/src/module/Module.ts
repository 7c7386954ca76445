import { currentTrace } from '../tensor/index.js';
import { type DType, full, type Shape } from '../ndarray/index.js';
import { type Initializer, Variable } from './Variable.js';

const created = Symbol.for('@delira/module');

/** Something with variables: a layer, a block, a network. Variables and sub-modules are found through public properties and arrays. */
export abstract class Module {
  readonly [created]: Variable[] = [];

  /** Whether a training step is being traced. */
  protected get training(): boolean {
    return currentTrace().training;
  }

  /** A trainable parameter, float32. */
  protected param(shape: Shape, initialize: Initializer): Variable {
    const variable = new Variable('param', { shape, dtype: 'float32' }, initialize);
    this[created].push(variable);
    return variable;
  }

  /** State that is not trained, such as running statistics. */
  protected buffer(shape: Shape, fill: number, dtype: DType = 'float32'): Variable {
    const variable = new Variable('buffer', { shape, dtype }, () => full(shape, fill, dtype));
    this[created].push(variable);
    return variable;
  }
}

/** Recognises modules of any copy of this package. */
export function isModule(value: unknown): value is Module {
  return typeof value === 'object' && value !== null && Array.isArray((value as { [created]?: unknown })[created]);
}

/** Variables a module made itself, reachable or not. */
export function variablesCreatedBy(module: Module): readonly Variable[] {
  return module[created];
}
