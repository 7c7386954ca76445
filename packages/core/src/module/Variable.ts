import { currentTrace, type Tensor } from '../tensor/index.js';
import type { Aval } from '../ir/index.js';
import type { NDArray, Rng, Shape } from '../ndarray/index.js';

export type VariableKind = 'param' | 'buffer' | 'optimizer';

/** Draws the first value of a variable; `rng` belongs to the variable's name alone. */
export type Initializer = (rng: Rng, shape: Shape) => NDArray;

const brand = Symbol.for('@delira/variable');

/** A named piece of state: its numbers live in a backend's StateStore, here is what a trace sees of it. */
export class Variable {
  readonly [brand] = true;
  /** Set to false to freeze a parameter: it gets no gradient and no update. */
  trainable: boolean;

  constructor(
    readonly kind: VariableKind,
    readonly aval: Aval,
    readonly initialize: Initializer,
  ) {
    this.trainable = kind === 'param';
  }

  /** The current value in the trace; parameters come in the policy's compute dtype. */
  get value(): Tensor {
    const trace = currentTrace();
    const stored = trace.read(this);
    return this.kind === 'param' ? stored.cast(trace.policy.compute) : stored;
  }

  /** Replaces the value from here on; no gradient flows through. @throws ShapeError, DTypeError */
  assign(next: Tensor): void {
    currentTrace().assign(this, next);
  }
}

/** Recognises variables of any copy of this package. */
export function isVariable(value: unknown): value is Variable {
  return typeof value === 'object' && value !== null && (value as { [brand]?: boolean })[brand] === true;
}
