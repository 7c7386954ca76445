import {
  type Backend,
  type CreateStateOptions,
  type DType,
  type Executable,
  type Feeds,
  type NDArray,
  type Program,
  type RunOptions,
  type Sample,
  type StateStore,
  verify,
  ArgumentError,
  checkSupported,
  DisposedError,
} from '@delira/core';
import { portableLowerings } from '@delira/onnx';
import type { EngineClient } from './client/EngineClient.js';
import type { EngineInfo, EngineUsage } from './engine/EngineHost.js';
import { stackFeeds } from './stackFeeds.js';

class OnnxStateStore implements StateStore {
  #disposed = false;

  constructor(
    readonly client: EngineClient,
    readonly id: number,
  ) {}

  get disposed(): boolean {
    return this.#disposed;
  }

  async read(names?: readonly string[]): Promise<ReadonlyMap<string, NDArray>> {
    if (this.#disposed) throw new DisposedError('The state store');
    return this.client.readState(this.id, names);
  }

  async write(entries: ReadonlyMap<string, NDArray>): Promise<void> {
    if (this.#disposed) throw new DisposedError('The state store');
    await this.client.writeState(this.id, entries);
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.client.disposeState(this.id);
  }
}

/** A Program in an ONNX Runtime session. */
export class OnnxExecutable implements Executable {
  #disposed = false;

  constructor(
    private readonly client: EngineClient,
    private readonly id: number,
    readonly program: Program,
  ) {}

  /** @throws InputError, NonFiniteOutputError, EngineError: nothing is written then. */
  async run(state: StateStore, feeds: readonly Feeds[], options: RunOptions = {}): Promise<readonly Sample[]> {
    if (this.#disposed) throw new DisposedError(`The executable "${this.program.name}"`);
    if (!(state instanceof OnnxStateStore) || state.client !== this.client) {
      throw new ArgumentError(
        'The state store belongs to another backend. Create it with createState() of the backend that compiled the program.',
      );
    }
    if (state.disposed) throw new DisposedError('The state store');
    if (feeds.length === 0) return [];
    return this.client.run(this.id, state.id, stackFeeds(this.program, feeds), options.finite ?? []);
  }

  /** The Program as an ONNX model of standard operators, as the bytes of an `.onnx` file. */
  model(): Promise<Uint8Array> {
    if (this.#disposed) return Promise.reject(new DisposedError(`The executable "${this.program.name}"`));
    return this.client.model(this.id);
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.client.disposeProgram(this.id);
  }
}

/** Trains and predicts in onnxruntime-node: the whole step, gradients and optimizer included, is one ONNX graph. */
export class OnnxBackend implements Backend {
  readonly name = 'onnx-training';
  readonly capabilities: { readonly training: true; readonly dtypes: ReadonlySet<DType> } = {
    training: true,
    // The CPU provider has no float64 convolution.
    dtypes: new Set(['float32', 'int32', 'uint8', 'bool']),
  };

  constructor(private readonly client: EngineClient) {}

  /** Providers, threads and flavour in use. */
  get info(): EngineInfo {
    return this.client.info;
  }

  /** What the engine holds right now, once the requests before are done. */
  usage(): Promise<EngineUsage> {
    return this.client.usage();
  }

  async compile(program: Program): Promise<OnnxExecutable> {
    checkSupported(program, { name: this.name, dtypes: this.capabilities.dtypes, lowerings: portableLowerings });
    verify(program);
    return new OnnxExecutable(this.client, await this.client.compile(program), program);
  }

  async createState(
    initial: ReadonlyMap<string, NDArray>,
    { transfer = new Set() }: CreateStateOptions = {},
  ): Promise<StateStore> {
    return new OnnxStateStore(this.client, await this.client.createState(initial, transfer));
  }

  async dispose(): Promise<void> {
    await this.client.dispose();
  }
}
