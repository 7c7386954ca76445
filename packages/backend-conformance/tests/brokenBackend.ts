import type { Backend, Executable, Feeds, NDArray, Node, Program, RunOptions, Sample, StateStore } from '@delira/core';
import { createReferenceBackend } from '@delira/backend-reference';

/** One way for a backend to be wrong; everything else works. */
export interface Fault {
  /** Changes a Program before it is compiled. */
  readonly program?: (program: Program) => Program;
  /** Replaces how an executable runs. */
  readonly run?: (
    inner: Executable,
    state: StateStore,
    feeds: readonly Feeds[],
    options?: RunOptions,
  ) => Promise<readonly Sample[]>;
  /** Replaces what the store does. */
  readonly state?: (inner: StateStore) => StateStore;
  readonly compile?: (inner: Backend, program: Program) => Promise<Executable>;
  readonly dispose?: (inner: Backend) => Promise<void>;
}

/** The reference backend with a fault, in a guise of its own. */
export function brokenBackend(fault: Fault): Backend {
  const inner = createReferenceBackend();
  const stores = new WeakMap<StateStore, StateStore>();
  return {
    name: 'broken',
    capabilities: inner.capabilities,
    async compile(program) {
      const changed = fault.program?.(program) ?? program;
      const executable = await (fault.compile?.(inner, changed) ?? inner.compile(changed));
      return {
        run: (state, feeds, options) => {
          const store = stores.get(state) ?? state;
          return fault.run?.(executable, store, feeds, options) ?? executable.run(store, feeds, options);
        },
        dispose: () => executable.dispose(),
      };
    },
    async createState(initial) {
      const store = await inner.createState(initial);
      const guise: StateStore = fault.state?.(store) ?? {
        read: (names) => store.read(names),
        write: (entries) => store.write(entries),
        dispose: () => store.dispose(),
      };
      stores.set(guise, store);
      return guise;
    },
    dispose: () => fault.dispose?.(inner) ?? inner.dispose(),
  };
}

/** A Program with nodes replaced. */
export function mapNodes(program: Program, change: (node: Node) => Node): Program {
  return { ...program, nodes: program.nodes.map(change) };
}

/** Every number of the outputs changed. */
export function mapOutputs(outputs: readonly Sample[], change: (value: number) => number): readonly Sample[] {
  return outputs.map((sample) =>
    Object.fromEntries(
      Object.entries(sample).map(([name, array]): [string, NDArray] => [
        name,
        { ...array, data: Float64Array.from(array.data, change), dtype: 'float64' },
      ]),
    ),
  );
}
