import type { BatchSignature, Executable, NDArray, Program } from '@delira/core';
import type { OnnxInferenceBackend } from '../backend/OnnxInferenceBackend.js';
import { Queue } from '../engine/Queue.js';
import type { BatchRunner } from './BatchRunner.js';

/** Sizes of batch whose sessions are kept; the one unused for longest goes. */
const PROGRAMS = 4;

/** A network compiled for each size of batch it meets. Owns the backend. */
export async function programRunner(
  backend: OnnxInferenceBackend,
  variables: ReadonlyMap<string, NDArray>,
  trace: (signature: BatchSignature) => Program,
): Promise<BatchRunner> {
  const state = await backend.createState(variables);
  const compiled = new Map<string, Executable>();
  // No program may go between being found and being run.
  const queue = new Queue();
  return {
    info: backend.info,
    run: (batch) =>
      queue.add(async () => {
        const signature = Object.fromEntries(
          Object.entries(batch).map(([name, { shape, dtype }]) => [name, { shape, dtype }]),
        );
        const key = Object.values(signature)
          .map(({ shape }) => shape[0])
          .join();
        const executable = compiled.get(key) ?? (await backend.compile(trace(signature)));
        // Deleted and set again, it is the last of the map: the first is the one unused for longest.
        compiled.delete(key);
        compiled.set(key, executable);
        const [oldest] = compiled;
        if (compiled.size > PROGRAMS && oldest !== undefined) {
          compiled.delete(oldest[0]);
          await oldest[1].dispose();
        }
        const [outputs] = await executable.run(state, [{ batch }]);
        return outputs!;
      }),
    dispose: () => queue.add(() => backend.dispose()),
  };
}
