import { allocate, type Aval, type NDArray, sizeOf } from '@delira/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Kernels } from '../engines/Kernels.js';
import { heldAs } from '../lowerings/heldAs.js';
import { Value } from '../Value.js';

const constructors = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/**
 * A copy of an array in the engine. Engines may keep the memory they are given, and fetch it later: it must be nobody else's.
 *
 * @param given the array is given away.
 */
export function upload(kernels: Kernels, { dtype, shape, data }: NDArray, given = false): Value {
  const held = heldAs(dtype);
  const Data = constructors[held];
  const own = given && data instanceof Data ? data : Data.from(data);
  return new Value(kernels, shape, kernels.engine.makeTensor(own, [...shape], held));
}

/** The elements of a tensor in plain order, in memory of their own. */
export async function download(tensor: Tensor, { dtype, shape }: Aval): Promise<NDArray> {
  const from = await tensor.data();
  const data = allocate(dtype, sizeOf(shape));
  data.set(from);
  return { dtype, shape, data };
}
