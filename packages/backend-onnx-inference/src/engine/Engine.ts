import type { NDArray } from '@delira/core';
import type { FlavourName } from '@delira/onnx';
import type { Queue } from './Queue.js';

// Our own words for the little that is used of an engine: a user of one has no types of the other.

export interface EngineTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(inputs: Readonly<Record<string, EngineTensor>>): Promise<Readonly<Record<string, EngineTensor>>>;
  release(): Promise<void>;
}

export interface SessionOptions {
  readonly executionProviders: string[];
  readonly graphOptimizationLevel: 'all';
  readonly enableMemPattern: false;
  readonly logSeverityLevel: 3;
  readonly intraOpNumThreads?: number;
  readonly interOpNumThreads?: number;
}

/** What this package uses of an engine: the same in Node and in browsers. */
export interface Engine {
  /** Of the package. */
  readonly name: 'onnxruntime-node' | 'onnxruntime-web';
  tensor(array: NDArray): EngineTensor;
  create(model: Uint8Array, options: SessionOptions): Promise<Session>;
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

export interface CompileOptions extends EngineOptions {
  /**
   * `'portable'`: standard operators only. `'tuned'`: the blocked layout of onnxruntime-node's CPU provider. Default `'auto'`: tuned there
   * when the probe at the start shows that it gives the portable form's numbers, else portable, as always in browsers.
   */
  readonly flavour?: FlavourName | 'auto';
}

/** What tells the two places apart in which networks run. */
export interface Platform<O extends EngineOptions = EngineOptions> {
  /** @throws MissingPackageError, EngineError */
  loadEngine(options: O): Promise<Engine>;
  /** @throws NotFoundError, InputError */
  readBytes(path: string, limit: number): Promise<Uint8Array>;
}
