import type { DType, NDArray, Shape } from '../ndarray/index.js';
import type { PrimitiveName } from './Primitives.js';

export type ValueId = number;

/** What is known about a value before it exists. */
export interface Aval {
  readonly shape: Shape;
  readonly dtype: DType;
}

export interface Node {
  readonly prim: PrimitiveName;
  readonly attrs: object;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  /** Path of the module that emitted the node, such as `'layer1.0.conv1'`; empty outside of modules. */
  readonly scope: string;
}

/** Random numbers the host draws for a step from (seed, step, name). A Bernoulli entry is 1 with probability `p`, else 0. */
export interface Noise {
  readonly id: ValueId;
  readonly distribution: 'uniform' | 'normal' | 'bernoulli';
  readonly p?: number;
}

/** A traced step as plain data: printable, comparable, structured-cloneable. */
export interface Program {
  readonly name: string;
  /** Indexed by ValueId. */
  readonly avals: readonly Aval[];
  /** float64 data may stand for a float32 value: a backend rounds it when it compiles. */
  readonly consts: ReadonlyMap<ValueId, NDArray>;
  /** Batch entries. */
  readonly feeds: Readonly<Record<string, ValueId>>;
  /** Runtime scalars such as `'default.lr'`, float32. */
  readonly hyper: Readonly<Record<string, ValueId>>;
  readonly noise: Readonly<Record<string, Noise>>;
  /** State in, by variable name. */
  readonly reads: Readonly<Record<string, ValueId>>;
  /** Topologically ordered. */
  readonly nodes: readonly Node[];
  /** State out, by variable name. */
  readonly writes: Readonly<Record<string, ValueId>>;
  readonly outputs: Readonly<Record<string, ValueId>>;
}
