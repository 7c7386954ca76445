import {
  type Backend,
  checkSupported,
  type CreateStateOptions,
  DisposedError,
  type DType,
  type Executable,
  type NDArray,
  type Program,
  type StateStore,
  verify,
} from '@delira/core';
import type { PassedOver } from './engines/chooseEngine.js';
import type { EngineName } from './engines/EngineName.js';
import type { LoadedEngine } from './engines/loadEngine.js';
import { lowerings } from './lowerings/lowerings.js';
import { TfjsExecutable } from './run/TfjsExecutable.js';
import { TfjsState } from './run/TfjsState.js';

export interface TfjsInfo {
  readonly engine: EngineName;
  /** Of TensorFlow.js. */
  readonly version: string;
  /** Better engines that are installed but could not be taken, with the reason; empty when the engine was named. */
  readonly passedOver: readonly PassedOver[];
}

/** What an engine of tfjs holds, for all backends of this process together. */
export interface TfjsUsage {
  readonly tensors: number;
  readonly bytes: number;
}

/** Trains and predicts on TensorFlow.js. Runs on the caller's thread, which native engines and WebAssembly block. */
export class TfjsBackend implements Backend {
  readonly name = 'tfjs';
  readonly capabilities: { readonly training: true; readonly dtypes: ReadonlySet<DType> } = {
    training: true,
    dtypes: new Set(['float32', 'int32', 'uint8', 'bool']),
  };
  readonly #made = new Set<{ dispose(): Promise<void> }>();
  readonly #engine: LoadedEngine;
  #disposed = false;

  constructor(
    engine: object,
    /** The engine in use. */
    readonly info: TfjsInfo,
  ) {
    this.#engine = engine as LoadedEngine;
  }

  // Failures are rejections, never synchronous throws: hence async.
  async compile(program: Program): Promise<Executable> {
    this.#alive();
    checkSupported(program, { name: `tfjs (${this.info.engine})`, dtypes: this.capabilities.dtypes, lowerings });
    verify(program);
    const executable: TfjsExecutable = new TfjsExecutable(this.#engine, program, () => this.#made.delete(executable));
    this.#made.add(executable);
    return Promise.resolve(executable);
  }

  async createState(
    initial: ReadonlyMap<string, NDArray>,
    { transfer = new Set() }: CreateStateOptions = {},
  ): Promise<StateStore> {
    this.#alive();
    this.#engine.activate();
    const state: TfjsState = new TfjsState(this.#engine, initial, () => this.#made.delete(state), transfer);
    this.#made.add(state);
    return Promise.resolve(state);
  }

  /** What the engine holds right now. */
  usage(): TfjsUsage {
    const { numTensors, numBytes } = this.#engine.kernels.engine.memory();
    return { tensors: numTensors, bytes: numBytes };
  }

  /** Disposes all it made, too; the engine itself stays, for others of this process. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.all([...this.#made].map((made) => made.dispose()));
    this.#made.clear();
  }

  #alive(): void {
    if (this.#disposed) throw new DisposedError(`The backend "${this.name}"`);
  }
}
