import { asTensor, type Backend, type NDArray, type Sample, type Tensor, trace } from '@delira/core';
import { createReferenceBackend } from '../src/index.js';

/** Traces `body` on constants, compiles it and runs it once. */
export async function runOnce(
  arrays: readonly NDArray[],
  body: (...tensors: Tensor[]) => Readonly<Record<string, Tensor>>,
  backend: Backend = createReferenceBackend(),
): Promise<Sample> {
  const program = trace(() => body(...arrays.map((array) => asTensor(array))));
  const executable = await backend.compile(program);
  const state = await backend.createState(new Map());
  const [outputs] = await executable.run(state, [{}]);
  return outputs!;
}

/** The numbers of a single result `y`. */
export async function valuesOf(
  arrays: readonly NDArray[],
  body: (...tensors: Tensor[]) => Tensor,
): Promise<readonly number[]> {
  const { y } = await runOnce(arrays, (...tensors) => ({ y: body(...tensors) }));
  return Array.from(y!.data);
}
