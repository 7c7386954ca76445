import {
  type Backend,
  checkFeeds,
  checkFinite,
  checkSupported,
  DisposedError,
  type DType,
  dtypes,
  type Executable,
  type Feeds,
  type NDArray,
  type Program,
  type RunOptions,
  type Sample,
  type StateStore,
  verify,
} from '@delira/core';
import { checkReads, HostState, requireHostState } from './HostState.js';
import type { Interpretation } from './interpret.js';
import { lowerings } from './lowerings/lowerings.js';

/** In what way a host backend holds numbers and computes. */
export interface HostOptions {
  readonly name: string;
  /** The dtype a Program's dtype is held in. */
  readonly storedAs: (dtype: DType) => DType;
  /** A copy in the form it is held in. */
  readonly keep: (array: NDArray) => NDArray;
  readonly prepare: (
    program: Program,
  ) => (state: ReadonlyMap<string, NDArray>, feeds: readonly Feeds[]) => Interpretation;
}

/** A backend that computes in this process, one run at a time. */
export class HostBackend implements Backend {
  readonly name: string;
  readonly capabilities = { training: true, dtypes: new Set(dtypes) } as const;
  readonly #made = new Set<{ dispose(): Promise<void> }>();
  #disposed = false;

  constructor(private readonly options: HostOptions) {
    this.name = options.name;
  }

  // Failures are rejections, never synchronous throws: hence async.
  async compile(program: Program): Promise<Executable> {
    this.#alive();
    checkSupported(program, { name: this.name, dtypes: this.capabilities.dtypes, lowerings });
    verify(program);
    const executable: HostExecutable = new HostExecutable(program, this.options, () => this.#made.delete(executable));
    this.#made.add(executable);
    return Promise.resolve(executable);
  }

  async createState(initial: ReadonlyMap<string, NDArray>): Promise<StateStore> {
    this.#alive();
    const state: HostState = new HostState(initial, this.options.keep, () => this.#made.delete(state));
    this.#made.add(state);
    return Promise.resolve(state);
  }

  /** Disposes all it made, too. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.all([...this.#made].map((made) => made.dispose()));
    this.#made.clear();
  }

  #alive(): void {
    if (this.#disposed) throw new DisposedError(`The backend "${this.name}"`);
  }
}

class HostExecutable implements Executable {
  #run: ReturnType<HostOptions['prepare']> | null;

  constructor(
    private readonly program: Program,
    private readonly options: HostOptions,
    private readonly onDispose: () => void,
  ) {
    this.#run = options.prepare(program);
  }

  async run(state: StateStore, feeds: readonly Feeds[], { finite = [] }: RunOptions = {}): Promise<readonly Sample[]> {
    const run = this.#run;
    if (run === null) throw new DisposedError(`The executable of "${this.program.name}"`);
    const host = requireHostState(state, this.options.name);
    for (const entry of feeds) checkFeeds(this.program, entry);
    return host.exclusively((entries, commit) => {
      checkReads(this.program, entries, this.options.storedAs);
      const { outputs, writes } = run(entries, feeds);
      checkFinite(outputs, finite);
      commit(writes);
      return outputs;
    });
  }

  async dispose(): Promise<void> {
    this.#run = null;
    this.onDispose();
    return Promise.resolve();
  }
}
