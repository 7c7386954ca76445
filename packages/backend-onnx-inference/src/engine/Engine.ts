import type * as onnxruntime from 'onnxruntime-node';
import type { Queue } from './Queue.js';

export type Session = Pick<
  onnxruntime.InferenceSession,
  'inputNames' | 'inputMetadata' | 'outputNames' | 'outputMetadata' | 'release' | 'run'
>;

/** What this package uses of an engine: the same in Node and in browsers. */
export interface Engine {
  /** Of the package. */
  readonly name: 'onnxruntime-node' | 'onnxruntime-web';
  readonly Tensor: typeof onnxruntime.Tensor;
  create(model: Uint8Array, options: onnxruntime.InferenceSession.SessionOptions): Promise<Session>;
  /** Execution providers that are there, best known by name. */
  readonly providers: readonly string[];
  /** What the engine is asked for goes through it. */
  readonly queue: Queue;
  /** How to come by what is missing, for messages. */
  readonly remedy: string;
}

export interface EngineOptions {
  /**
   * Execution providers in order of preference. Default `['cpu']`, which is WebAssembly in a browser. `'cuda'`, `'webgpu'`, `'coreml'`, … where
   * the engine has them.
   */
  readonly providers?: readonly string[];
  /** Threads of the engine. Default: the engine's choice. A browser has more than one only on a page that is cross-origin isolated. */
  readonly threads?: number;
}

/** What tells the two places apart in which networks run. */
export interface Platform<O extends EngineOptions = EngineOptions> {
  /** @throws MissingPackageError, EngineError */
  loadEngine(options: O): Promise<Engine>;
  /** @throws NotFoundError, InputError */
  readBytes(path: string, limit: number): Promise<Uint8Array>;
}
