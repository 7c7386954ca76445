import type { Aval, PrimitiveName, Primitives } from '../ir/index.js';
import type { Tensor } from '../tensor/index.js';

export interface VjpArgs<A> {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** Gradient of each output; null where none flows. */
  readonly grads: readonly (Tensor | null)[];
  /** Which inputs need a gradient: rules skip the others. */
  readonly needs: readonly boolean[];
  readonly attrs: A;
}

/** A typical call: what finite differences, conformance and benchmarks are run on. */
export interface PrimitiveSample<A> {
  /** Stable, unique per primitive. */
  readonly id: string;
  readonly inputs: readonly Aval[];
  readonly attrs: A;
  /** Inputs are drawn uniformly from it; default [-2, 2] for floats, [0, 3] for integers. */
  readonly domain?: readonly [low: number, high: number];
}

export interface Primitive<A> {
  /** Shapes and dtypes of the outputs. @throws ShapeError, DTypeError */
  infer(inputs: readonly Aval[], attrs: A): readonly Aval[];
  /** Gradients of the inputs; null: not differentiable. `'decompose'`: differentiate the decomposition. */
  readonly vjp: ((args: VjpArgs<A>) => readonly (Tensor | null)[]) | 'decompose' | null;
  /** The same function in other primitives: lets a backend do without a lowering of its own. */
  decompose?(inputs: readonly Tensor[], attrs: A): readonly Tensor[];
  readonly samples: readonly PrimitiveSample<A>[];
}

export type PrimitiveTable = { readonly [P in PrimitiveName]: Primitive<Primitives[P]> };

/** A sample input. */
export function aval(shape: Aval['shape'], dtype: Aval['dtype'] = 'float32'): Aval {
  return { shape, dtype };
}
