import { ArgumentError, DisposedError, type NDArray, type Program, type Sample } from '@delira/core';
import { type Flavour, type FlavourName, stepsModel, portableFlavour, writeModel } from '@delira/onnx';
import { availableParallelism } from 'node:os';
import { checkProviders, type Provider } from './checkProviders.js';
import { chooseFlavour } from './chooseFlavour.js';
import { CompiledProgram, type SessionSettings, type StackedFeeds } from './CompiledProgram.js';
import { type Engine, loadEngine } from './loadEngine.js';
import { VariableStore } from './VariableStore.js';

export interface EngineOptions {
  /** Execution providers in order of preference. Default `['cpu']`. */
  readonly providers?: readonly string[];
  /** Threads of the engine. Default: all cores. */
  readonly threads?: number;
  /**
   * `'portable'`: standard operators only. `'tuned'`: the CPU provider's blocked layout. Default `'auto'`: tuned on the CPU when the
   * probe at the start shows that it gives the portable form's numbers, else portable.
   */
  readonly flavour?: FlavourName | 'auto';
  /**
   * Whether idle engine threads wait actively: faster when the engine has the cores to itself, much slower beside busy data workers.
   * Default true.
   */
  readonly spinning?: boolean;
}

export interface EngineInfo {
  readonly providers: readonly Provider[];
  readonly threads: number;
  readonly flavour: FlavourName;
  /** Why the flavour is what it is. */
  readonly reason: string;
  /** Of the process the engine is in. */
  readonly processId: number;
}

/** What an engine holds. */
export interface EngineUsage {
  /** Sessions: compiled Programs. */
  readonly executables: number;
  readonly states: number;
  /** Arrays of all states, the spare ones that runs write to included, and their size in bytes. */
  readonly buffers: number;
  readonly bytes: number;
}

/** Owns the engine, its sessions and states; requests run one after the other. The only user of onnxruntime-node. */
export class EngineHost {
  readonly #programs = new Map<number, { readonly compiled: CompiledProgram; readonly program: Program }>();
  readonly #states = new Map<number, VariableStore>();
  #nextId = 1;
  #tail: Promise<unknown> = Promise.resolve();
  #disposed = false;

  private constructor(
    private readonly engine: Engine,
    private readonly settings: SessionSettings,
    private readonly flavour: Flavour,
    readonly info: EngineInfo,
  ) {}

  /** @throws MissingPackageError, EngineError, ArgumentError, UnsupportedError */
  static async create(options: EngineOptions): Promise<EngineHost> {
    const threads = options.threads ?? availableParallelism();
    if (!Number.isSafeInteger(threads) || threads < 1)
      throw new ArgumentError(`threads must be a positive integer, got ${threads}.`);
    const engine = await loadEngine();
    const settings = {
      providers: checkProviders(engine, options.providers ?? ['cpu']),
      threads,
      spinning: options.spinning ?? true,
    };
    const { flavour, name, reason } = await chooseFlavour(engine, settings, options.flavour ?? 'auto');
    const info = { providers: settings.providers, threads, flavour: name, reason, processId: process.pid };
    return new EngineHost(engine, settings, flavour, info);
  }

  /** @throws DisposedError (as a rejection) once the host is disposed. */
  #enqueue<R>(task: () => Promise<R>): Promise<R> {
    if (this.#disposed) return Promise.reject(new DisposedError('The backend'));
    return this.#append(task);
  }

  #append<R>(task: () => Promise<R>): Promise<R> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  #program(id: number): { readonly compiled: CompiledProgram; readonly program: Program } {
    const entry = this.#programs.get(id);
    if (entry === undefined) throw new DisposedError('The executable');
    return entry;
  }

  #state(id: number): VariableStore {
    const store = this.#states.get(id);
    if (store === undefined) throw new DisposedError('The state store');
    return store;
  }

  compile(program: Program): Promise<number> {
    return this.#enqueue(async () => {
      const compiled = await CompiledProgram.create(this.engine, program, this.flavour, this.settings);
      const id = this.#nextId++;
      this.#programs.set(id, { compiled, program });
      return id;
    });
  }

  /** The Program as a portable ONNX model. */
  model(id: number): Promise<Uint8Array> {
    return this.#enqueue(async () => writeModel(stepsModel(portableFlavour.lower(this.#program(id).program))));
  }

  /** @param owned names of arrays that are nobody else's. */
  createState(initial: ReadonlyMap<string, NDArray>, owned: ReadonlySet<string> = new Set()): Promise<number> {
    return this.#enqueue(async () => {
      const id = this.#nextId++;
      this.#states.set(id, new VariableStore(initial, owned));
      return id;
    });
  }

  /** More variables for a state: a large one arrives in parts. */
  extendState(id: number, entries: ReadonlyMap<string, NDArray>): Promise<void> {
    return this.#enqueue(async () => this.#state(id).add(entries, new Set(entries.keys())));
  }

  readState(id: number, names?: readonly string[]): Promise<ReadonlyMap<string, NDArray>> {
    return this.#enqueue(async () => this.#state(id).read(names));
  }

  writeState(id: number, entries: ReadonlyMap<string, NDArray>): Promise<void> {
    return this.#enqueue(async () => this.#state(id).write(entries));
  }

  run(program: number, state: number, feeds: StackedFeeds, finite: readonly string[]): Promise<readonly Sample[]> {
    return this.#enqueue(() => this.#program(program).compiled.run(this.#state(state), feeds, finite));
  }

  usage(): Promise<EngineUsage> {
    return this.#enqueue(async () => {
      const arrays = [...this.#states.values()].flatMap((store) => store.buffers());
      return {
        executables: this.#programs.size,
        states: this.#states.size,
        buffers: arrays.length,
        bytes: arrays.reduce((total, { byteLength }) => total + byteLength, 0),
      };
    });
  }

  /** Nothing to do for what is gone already, as after `dispose`. */
  disposeProgram(id: number): Promise<void> {
    return this.#append(async () => {
      const entry = this.#programs.get(id);
      this.#programs.delete(id);
      await entry?.compiled.dispose();
    });
  }

  /** As `disposeProgram`. */
  disposeState(id: number): Promise<void> {
    return this.#append(async () => {
      this.#states.delete(id);
    });
  }

  /** Waits for the requests made before; refuses those made later. */
  dispose(): Promise<void> {
    this.#disposed = true;
    return this.#append(async () => {
      for (const { compiled } of this.#programs.values()) await compiled.dispose();
      this.#programs.clear();
      this.#states.clear();
    });
  }
}
