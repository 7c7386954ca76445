import {
  ArgumentError,
  checkFeeds,
  checkFinite,
  DeliraError,
  DisposedError,
  EngineError,
  type Executable,
  type Feeds,
  type Program,
  type RunOptions,
  type Sample,
  type StateStore,
} from '@delira/core';
import type { LoadedEngine } from '../engines/loadEngine.js';
import type { Value } from '../Value.js';
import { Interpreter } from './Interpreter.js';
import { TfjsState } from './TfjsState.js';
import { download } from './transfer.js';

const disposeAll = (values: Iterable<Value>): void => {
  for (const value of values) value.dispose();
};

/** A Program that an engine runs kernel by kernel. */
export class TfjsExecutable implements Executable {
  readonly #interpreter: Interpreter;
  readonly #running = new Set<Promise<unknown>>();
  #disposed = false;

  constructor(
    private readonly engine: LoadedEngine,
    private readonly program: Program,
    private readonly onDispose: () => void,
  ) {
    engine.activate();
    this.#interpreter = new Interpreter(engine.kernels, program);
  }

  async run(state: StateStore, feeds: readonly Feeds[], options: RunOptions = {}): Promise<readonly Sample[]> {
    if (this.#disposed) throw new DisposedError(`The executable "${this.program.name}"`);
    if (!(state instanceof TfjsState) || state.engine !== this.engine)
      throw new ArgumentError(
        'The state given to run() does not belong to this backend. Make it with createState() of the backend that compiled the program.',
      );
    for (const entry of feeds) checkFeeds(this.program, entry);
    const result = this.#start(state, feeds, options);
    const settled = result.catch(() => undefined);
    this.#running.add(settled);
    void settled.then(() => this.#running.delete(settled));
    return result;
  }

  #start(state: TfjsState, feeds: readonly Feeds[], { finite = [] }: RunOptions): Promise<readonly Sample[]> {
    return state.exclusively(async (values, commit) => {
      state.check(this.program);
      const current = new Map(values);
      const outputs: ReadonlyMap<string, Value>[] = [];
      const written = new Set<Value>();
      try {
        this.engine.activate();
        for (const entry of feeds) {
          const step = this.#interpreter.step(current, entry);
          outputs.push(step.outputs);
          for (const [name, value] of step.writes) {
            const before = current.get(name);
            if (before !== undefined && written.delete(before)) before.dispose();
            current.set(name, value);
            written.add(value);
          }
        }
        const samples: Sample[] = [];
        for (const output of outputs) samples.push(await this.#sample(output));
        checkFinite(samples, finite);
        commit(new Map([...current].filter(([, value]) => written.has(value))));
        written.clear();
        return samples;
      } catch (error) {
        if (error instanceof DeliraError) throw error;
        throw new EngineError(
          `The engine "${this.engine.name}" of tfjs failed in program "${this.program.name}": ${(error as Error).message}. Nothing was written.`,
          { cause: error },
        );
      } finally {
        for (const output of outputs) disposeAll(output.values());
        disposeAll(written);
      }
    });
  }

  async #sample(output: ReadonlyMap<string, Value>): Promise<Sample> {
    const sample: Record<string, Sample[string]> = {};
    for (const [name, value] of output) {
      this.engine.activate();
      sample[name] = await download(value.as('plain'), this.program.avals[this.program.outputs[name]!]!);
    }
    return sample;
  }

  /** Waits for runs under way. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await Promise.all(this.#running);
    this.#interpreter.dispose();
    this.onDispose();
  }
}
