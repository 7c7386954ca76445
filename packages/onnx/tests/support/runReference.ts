import { createReferenceBackend } from '@delira/backend-reference';
import type { NDArray, Program } from '@delira/core';
import type { Arrays } from './runLowered.js';

export interface Expected {
  readonly outputs: Readonly<Record<string, NDArray>>;
  readonly state: ReadonlyMap<string, NDArray>;
}

/** One step on the float64 oracle. */
export async function runReference(
  program: Program,
  { batch, hyper = {}, state = new Map() }: Arrays,
): Promise<Expected> {
  const backend = createReferenceBackend();
  const store = await backend.createState(state);
  const executable = await backend.compile(program);
  const [outputs] = await executable.run(store, [{ batch, hyper }]);
  const after = await store.read();
  await backend.dispose();
  return { outputs: outputs!, state: after };
}
