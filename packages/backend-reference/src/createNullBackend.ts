import { type Backend, type Sample, zeros } from '@delira/core';
import { HostBackend } from './HostBackend.js';
import { copyOf } from './HostState.js';

/**
 * A backend that knows shapes only: `compile` verifies the Program, `run` checks its feeds and gives zeros of the right shapes and
 * dtypes, and the state keeps what was written to it. For tests of everything around the engine.
 */
export function createNullBackend(): Backend {
  return new HostBackend({
    name: 'null',
    storedAs: (dtype) => dtype,
    keep: copyOf,
    prepare: (program) => (_state, feeds) => ({
      outputs: feeds.map((): Sample =>
        Object.fromEntries(
          Object.entries(program.outputs).map(([name, id]) => {
            const { shape, dtype } = program.avals[id]!;
            return [name, zeros(shape, dtype)];
          }),
        ),
      ),
      writes: new Map(),
    }),
  });
}
