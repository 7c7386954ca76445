import type { DType, NDArray, Sample } from '../ndarray/index.js';
import type { Aval, PrimitiveName, Primitives, Program } from '../ir/index.js';

/** Our own: `AsyncDisposable` would demand Node's types of every consumer. */
export interface Disposable {
  dispose(): Promise<void>;
}

/** Named variables held by an engine, in whatever layout suits it; shared by training, evaluation and prediction Programs. */
export interface StateStore extends Disposable {
  /** Plain row-major copies; default all. @throws NotFoundError */
  read(names?: readonly string[]): Promise<ReadonlyMap<string, NDArray>>;
  /** All or none; a floating array is converted to the variable's floating dtype. @throws NotFoundError, ShapeError, DTypeError */
  write(entries: ReadonlyMap<string, NDArray>): Promise<void>;
}

export interface Feeds {
  /** Borrowed for the run; never detached or changed. */
  readonly batch?: Sample;
  readonly hyper?: Readonly<Record<string, number>>;
  /** Noise is drawn from it; needed by Programs with noise. */
  readonly seed?: readonly [seed: number, step: number];
}

export interface RunOptions {
  /** Outputs that must be finite in every step: if one is not, NonFiniteOutputError is thrown and nothing is written. */
  readonly finite?: readonly string[];
}

/** A Program an engine is ready to run. */
export interface Executable extends Disposable {
  /** Runs one step for each of `feeds`, in order; the state is written once, after the last, or not at all. Gives each step's outputs. */
  run(state: StateStore, feeds: readonly Feeds[], options?: RunOptions): Promise<readonly Sample[]>;
}

export interface CreateStateOptions {
  /**
   * Names of arrays that are given away: a backend may take over their memory, and then they are empty. There would be a second copy of
   * each until it is collected otherwise. Default: none.
   */
  readonly transfer?: ReadonlySet<string>;
}

export interface Backend extends Disposable {
  readonly name: string;
  readonly capabilities: { readonly training: boolean; readonly dtypes: ReadonlySet<DType> };
  /** @throws UnsupportedError naming primitive, attributes and scope: never at run(). */
  compile(program: Program): Promise<Executable>;
  /** Copies the arrays, unless they are given away. */
  createState(initial: ReadonlyMap<string, NDArray>, options?: CreateStateOptions): Promise<StateStore>;
}

/** How a backend computes one primitive with its own values V. */
export type Lowering<A, V> = (inputs: readonly V[], attrs: A, out: readonly Aval[]) => readonly V[];

/** Exhaustive over the primitives: a backend lowers, decomposes or says why it cannot. */
export type LoweringTable<V> = {
  readonly [P in PrimitiveName]: Lowering<Primitives[P], V> | 'decompose' | { readonly unsupported: string };
};
