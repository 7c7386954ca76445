import { createReferenceBackend } from '@delira/backend-reference';
import type { Backend, Feeds, Program } from '@delira/core';

/** The reference backend, with what it was asked for. */
export interface WatchedBackend extends Backend {
  /** Names of the programs compiled. */
  readonly compiled: string[];
  /** The steps of each training call. */
  readonly calls: (readonly Feeds[])[];
}

/** @param beforeCall told the number of the training call, from 0; may wait or throw in the engine's place. */
export function watchedBackend(
  beforeCall: (call: number, feeds: readonly Feeds[]) => void | Promise<void> = () => undefined,
): WatchedBackend {
  const backend = createReferenceBackend();
  const compiled: string[] = [];
  const calls: (readonly Feeds[])[] = [];
  return {
    name: backend.name,
    capabilities: backend.capabilities,
    compiled,
    calls,
    createState: (initial) => backend.createState(initial),
    dispose: () => backend.dispose(),
    compile: async (program: Program) => {
      compiled.push(program.name);
      const executable = await backend.compile(program);
      const trains = Object.keys(program.writes).length > 0;
      return {
        dispose: () => executable.dispose(),
        run: async (state, feeds, options) => {
          if (trains) {
            calls.push(feeds);
            await beforeCall(calls.length - 1, feeds);
          }
          return executable.run(state, feeds, options);
        },
      };
    },
  };
}
