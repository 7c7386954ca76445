import type { Aval } from '../ir/index.js';
import type { Tensor } from '../tensor/index.js';

/** A parameter as an optimizer sees it. */
export interface OptimizerParam extends Aval {
  readonly name: string;
}

/** Optimizer state: starts filled with a number, or as a copy of the parameter named. */
export type Slot = Aval & ({ readonly fill: number } | { readonly copyOf: string });

export interface UpdateContext {
  /** Current values, in the order of `updates`. */
  readonly params: readonly Tensor[];
  /** Names, in the same order. */
  readonly names: readonly string[];
  /** A runtime scalar declared in `hyper`. */
  hyper(name: string): Tensor;
}

/** A pure transformation of gradients into updates, which are added to the parameters; its state is plain data. */
export interface Optimizer {
  /** Runtime scalars and their defaults, such as `{ lr: 1e-3 }`: changing them never compiles again. */
  readonly hyper: Readonly<Record<string, number>>;
  init(params: readonly OptimizerParam[]): Readonly<Record<string, Slot>>;
  update(
    updates: readonly Tensor[],
    state: Readonly<Record<string, Tensor>>,
    context: UpdateContext,
  ): readonly [updates: readonly Tensor[], state: Readonly<Record<string, Tensor>>];
}
