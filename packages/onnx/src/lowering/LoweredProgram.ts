import type { NDArray } from '@delira/core';
import type { GraphBuilder, OnnxValue } from './GraphBuilder.js';

/**
 * How a flavour holds a variable between steps. `key` tells layouts apart: equal keys mean equal bytes. The plain layout has the key
 * `'plain'`; checkpoints and exports always hold it.
 */
export interface StateLayout {
  readonly key: string;
  /** From the plain, row-major array. */
  pack(array: NDArray): NDArray;
  /** Back to the plain, row-major array. */
  unpack(array: NDArray): NDArray;
}

export const plainLayout: StateLayout = { key: 'plain', pack: (array) => array, unpack: (array) => array };

export interface StatePart {
  readonly input: OnnxValue;
  /** Of the input's shape; absent for state that is only read. */
  readonly output?: OnnxValue;
}

export interface LoweredState {
  readonly layout: StateLayout;
  /** The packed array cut into equal pieces, in order: what the engine sees, in shapes it likes. Mostly one. */
  readonly parts: readonly StatePart[];
  /**
   * True when a run of a single step may write the next value over the present one: everybody else has read it before, and the guard has
   * passed.
   */
  readonly inPlace?: boolean;
}

/** What a step looks at before it writes over variables. */
export interface WriteGuard {
  /** Input, bool, one entry for each of `outputs`: whether it must be finite. */
  readonly required: OnnxValue;
  /** Names of the step's outputs that are looked at. */
  readonly outputs: readonly string[];
  /** bool []: all outputs that must be finite are, and no variable has been written over so far. */
  readonly passed: OnnxValue;
}

/** One step as ONNX operators: names of its inputs and outputs by role. */
export interface LoweredProgram {
  readonly name: string;
  readonly builder: GraphBuilder;
  readonly feeds: Readonly<Record<string, OnnxValue>>;
  readonly hyper: Readonly<Record<string, OnnxValue>>;
  readonly noise: Readonly<Record<string, OnnxValue>>;
  readonly state: Readonly<Record<string, LoweredState>>;
  readonly outputs: Readonly<Record<string, OnnxValue>>;
  /** Absent when no variable may be written over. */
  readonly guard?: WriteGuard;
  /** True when the engine must not rewrite the graph: operators that it adds are last, and would change the order of all others. */
  readonly isOrdered?: boolean;
  /** True when large results should have buffers of their own, see `ownBuffers`: for an engine whose plan would keep shared ones for too long. */
  readonly ownBuffers?: boolean;
}
