import type { NDArray, Shape } from '@delira/core';
import type { GraphBuilder, OnnxValue } from './GraphBuilder.js';

/**
 * How a flavour holds a variable between steps. `key` tells layouts apart: equal keys mean equal bytes. The plain layout has the key
 * `'plain'`; checkpoints and exports always hold it.
 */
export interface StateLayout {
  readonly key: string;
  /** Shape the engine sees. */
  readonly shape: Shape;
  /** From the plain, row-major array. */
  pack(array: NDArray): NDArray;
  /** Back to the plain, row-major array. */
  unpack(array: NDArray): NDArray;
}

export function plainLayout(shape: Shape): StateLayout {
  return { key: 'plain', shape, pack: (array) => array, unpack: (array) => array };
}

export interface LoweredState {
  readonly input: OnnxValue;
  readonly layout: StateLayout;
  /** Absent for state that is only read. */
  readonly output?: OnnxValue;
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
}
