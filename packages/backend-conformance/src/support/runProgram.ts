import type { Backend, Feeds, NDArray, Program, Sample } from '@delira/core';

export interface ProgramRun {
  readonly outputs: readonly Sample[];
  readonly state: ReadonlyMap<string, NDArray>;
}

/** Compiles a Program, runs it in one call on a state of its own, and disposes of both. */
export async function runProgram(
  backend: Backend,
  program: Program,
  feeds: readonly Feeds[],
  initial: ReadonlyMap<string, NDArray> = new Map(),
): Promise<ProgramRun> {
  const executable = await backend.compile(program);
  const store = await backend.createState(initial);
  try {
    const outputs = await executable.run(store, feeds);
    return { outputs, state: await store.read() };
  } finally {
    await executable.dispose();
    await store.dispose();
  }
}
