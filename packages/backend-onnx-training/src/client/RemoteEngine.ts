import { DisposedError, type NDArray, type Program, type Sample } from '@delira/core';
import type { StackedFeeds } from '../engine/CompiledProgram.js';
import type { EngineInfo, EngineUsage } from '../engine/EngineHost.js';
import type { EngineClient } from './EngineClient.js';
import { fromPlainError } from './plainError.js';
import { type Method, type Reply, type Request, STARTED } from './protocol.js';

/** The way to an engine that lives elsewhere. */
export interface Channel {
  /** `transfer`: buffers that nobody here needs any more. */
  send(request: Request, transfer: readonly ArrayBuffer[]): void;
  /** Calls back with every reply, and once when there will be no more, with why. */
  listen(onReply: (reply: Reply) => void, onEnd: (error: Error) => void): void;
  /** Keeps this process alive. */
  ref(): void;
  unref(): void;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** An engine behind messages, so that this thread stays responsive while it runs. */
export class RemoteEngine implements EngineClient {
  readonly #pending = new Map<number, Pending>();
  readonly #ended: Promise<void>;
  #info: EngineInfo | null = null;
  #nextId = STARTED + 1;
  #closed: Error | null = null;
  #disposal: Promise<void> | null = null;

  private constructor(private readonly channel: Channel) {
    this.#ended = new Promise((resolve) => {
      channel.listen(
        (reply) => this.#receive(reply),
        (error) => {
          this.#close(error);
          resolve();
        },
      );
    });
  }

  /** Resolves when the engine has started. @throws whatever it reports instead, EngineError when it ends without a word. */
  static async open(channel: Channel): Promise<RemoteEngine> {
    const engine = new RemoteEngine(channel);
    engine.#info = (await engine.#reply(STARTED)) as EngineInfo;
    return engine;
  }

  get info(): EngineInfo {
    return this.#info!;
  }

  #receive(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.channel.unref();
    if ('error' in reply) pending?.reject(fromPlainError(reply.error));
    else pending?.resolve(reply.value);
  }

  #close(error: Error): void {
    this.#closed ??= error;
    for (const pending of this.#pending.values()) pending.reject(this.#closed);
    this.#pending.clear();
  }

  #reply(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      // An engine that is waited for keeps the process alive, an idle one does not.
      this.channel.ref();
    });
  }

  #call<R>(method: Method, args: readonly unknown[], transfer: readonly ArrayBuffer[] = []): Promise<R> {
    if (this.#closed !== null) return Promise.reject(this.#closed);
    const id = this.#nextId++;
    const reply = this.#reply(id);
    this.channel.send({ id, method, args }, transfer);
    return reply as Promise<R>;
  }

  compile(program: Program): Promise<number> {
    return this.#call('compile', [program]);
  }
  model(id: number): Promise<Uint8Array> {
    return this.#call('model', [id]);
  }
  /** In parts, since each is in memory several times over while it is under way. */
  async createState(initial: ReadonlyMap<string, NDArray>, transfer: ReadonlySet<string> = new Set()): Promise<number> {
    const whole = wholeBuffers(initial.values());
    // What arrives there is nobody else's, copied or moved.
    const id = await this.#call<number>('createState', [new Map()]);
    for (const part of partsOf(initial)) {
      const buffers = [...part].flatMap(
        ([
          name,
          {
            data: { buffer },
          },
        ]) => (buffer instanceof ArrayBuffer && transfer.has(name) && whole.has(buffer) ? [buffer] : []),
      );
      await this.#call('extendState', [id, part], buffers);
    }
    return id;
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
  usage(): Promise<EngineUsage> {
    return this.#call('usage', []);
  }
  disposeProgram(id: number): Promise<void> {
    return this.#closed === null ? this.#call('disposeProgram', [id]) : Promise.resolve();
  }
  disposeState(id: number): Promise<void> {
    return this.#closed === null ? this.#call('disposeState', [id]) : Promise.resolve();
  }

  /** Waits until the engine is gone. */
  dispose(): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  async #dispose(): Promise<void> {
    if (this.#closed !== null) return;
    const reply = this.#call('dispose', []);
    this.#closed = new DisposedError('The backend');
    await reply;
    this.channel.ref();
    await this.#ended;
  }
}

/** Buffers that hold one array each and nothing else: only those can move. */
function wholeBuffers(arrays: Iterable<NDArray>): Set<ArrayBuffer> {
  const uses = new Map<ArrayBuffer, number>();
  for (const { data } of arrays) {
    const { buffer, byteLength } = data;
    if (!(buffer instanceof ArrayBuffer)) continue;
    uses.set(buffer, (uses.get(buffer) ?? 0) + (byteLength === buffer.byteLength ? 1 : 2));
  }
  return new Set([...uses].flatMap(([buffer, count]) => (count === 1 ? [buffer] : [])));
}

/** Bytes of variables in one message; a larger variable is alone in its own. */
const PART = 2 ** 25;

function* partsOf(entries: ReadonlyMap<string, NDArray>): Generator<ReadonlyMap<string, NDArray>> {
  let part = new Map<string, NDArray>();
  let bytes = 0;
  for (const [name, array] of entries) {
    if (part.size > 0 && bytes + array.data.byteLength > PART) {
      yield part;
      part = new Map();
      bytes = 0;
    }
    part.set(name, array);
    bytes += array.data.byteLength;
  }
  if (part.size > 0) yield part;
}
