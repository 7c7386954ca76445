import { DisposedError, EngineError, type NDArray, type Program, type Sample } from '@delira/core';
import { Worker } from 'node:worker_threads';
import type { StackedFeeds } from '../engine/CompiledProgram.js';
import type { EngineInfo, EngineOptions } from '../engine/EngineHost.js';
import type { EngineClient } from './EngineClient.js';
import { fromPlainError } from './plainError.js';
import { FLAG, type Method, type Reply, type WorkerData } from './protocol.js';

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Longest wait of an exiting process for the run in flight, in milliseconds. */
const DRAIN_LIMIT = 60_000;

/** The engine in a worker thread, so that this thread stays responsive while it runs. */
export class WorkerClient implements EngineClient {
  readonly #pending = new Map<number, Pending>();
  readonly #onExit: () => void;
  #nextId = 1;
  #closed: Error | null = null;

  private constructor(
    private readonly worker: Worker,
    private readonly flags: Int32Array,
    readonly info: EngineInfo,
  ) {
    // Ending the process while native code runs in the worker aborts it: let the run in flight finish, start no other.
    this.#onExit = () => this.#drain();
    process.on('exit', this.#onExit);
    worker.on('message', (reply: Reply) => this.#receive(reply));
    worker.on('error', (error) =>
      this.#close(new EngineError(`The engine's thread failed: ${error.message}`, { cause: error })),
    );
    worker.on('exit', () => this.#close(new DisposedError('The backend')));
    worker.unref();
  }

  static async create(options: EngineOptions): Promise<WorkerClient> {
    const flags = new Int32Array(new SharedArrayBuffer(8));
    const workerData: WorkerData = { options, flags };
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData, name: 'delira-engine' });
    const first = await firstReply(worker);
    if ('ready' in first) return new WorkerClient(worker, flags, first.ready);
    throw 'error' in first ? fromPlainError(first.error) : new EngineError('The engine thread gave no answer.');
  }

  #drain(): void {
    Atomics.store(this.flags, FLAG.stop, 1);
    const deadline = Date.now() + DRAIN_LIMIT;
    for (
      let running = Atomics.load(this.flags, FLAG.running);
      running > 0 && Date.now() < deadline;
      running = Atomics.load(this.flags, FLAG.running)
    ) {
      Atomics.wait(this.flags, FLAG.running, running, 1000);
    }
  }

  #receive(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.worker.unref();
    if (pending === undefined) return;
    if ('error' in reply) pending.reject(fromPlainError(reply.error));
    else if ('value' in reply) pending.resolve(reply.value);
  }

  #close(error: Error): void {
    this.#closed ??= error;
    process.off('exit', this.#onExit);
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }

  #call<R>(method: Method, args: readonly unknown[], transfer: readonly ArrayBuffer[] = []): Promise<R> {
    if (this.#closed !== null) return Promise.reject(this.#closed);
    const id = this.#nextId++;
    return new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      // A thread that is waited for keeps the process alive, an idle one does not.
      this.worker.ref();
      this.worker.postMessage({ id, method, args }, [...transfer]);
    }) as Promise<R>;
  }

  compile(program: Program): Promise<number> {
    return this.#call('compile', [program]);
  }
  model(id: number): Promise<Uint8Array> {
    return this.#call('model', [id]);
  }
  createState(initial: ReadonlyMap<string, NDArray>): Promise<number> {
    return this.#call('createState', [initial]);
  }
  readState(id: number, names?: readonly string[]): Promise<ReadonlyMap<string, NDArray>> {
    return this.#call('readState', [id, names]);
  }
  writeState(id: number, entries: ReadonlyMap<string, NDArray>): Promise<void> {
    return this.#call('writeState', [id, entries]);
  }
  run(program: number, state: number, feeds: StackedFeeds, finite: readonly string[]): Promise<readonly Sample[]> {
    // Stacking made these buffers for this run alone, so they move instead of being copied.
    const buffers = new Set(Object.values(feeds.values).map(({ data }) => data.buffer as ArrayBuffer));
    return this.#call('run', [program, state, feeds, finite], [...buffers]);
  }
  disposeProgram(id: number): Promise<void> {
    return this.#closed === null ? this.#call('disposeProgram', [id]) : Promise.resolve();
  }
  disposeState(id: number): Promise<void> {
    return this.#closed === null ? this.#call('disposeState', [id]) : Promise.resolve();
  }
  async dispose(): Promise<void> {
    if (this.#closed === null) await this.#call('dispose', []);
    this.#close(new DisposedError('The backend'));
  }
}

/** The worker's first message: that it is ready, or why it is not. */
function firstReply(worker: Worker): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number): void =>
      settle(() => reject(new EngineError(`The engine's thread ended while starting, with code ${code}.`)));
    const onError = (error: Error): void => settle(() => reject(error));
    const onMessage = (reply: Reply): void => settle(() => resolve(reply));
    const settle = (done: () => void): void => {
      worker.off('exit', onExit).off('error', onError).off('message', onMessage);
      done();
    };
    worker.on('exit', onExit).on('error', onError).on('message', onMessage);
  });
}
