import type { NDArray } from '@delira/core';
import type { OnnxValue } from '../lowering/GraphBuilder.js';
import type { Initializer } from '../model/OnnxModel.js';

/** A variable's value as a constant of a model, in the shape of the graph's value. */
export function initializer(name: string, { dtype, shape }: Omit<OnnxValue, 'name'>, { data }: NDArray): Initializer {
  return { name, type: dtype, shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}
