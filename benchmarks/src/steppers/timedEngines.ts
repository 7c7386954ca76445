import { createOnnxInferenceBackend } from '@delira/backend-onnx-inference';
import { createOnnxBackend } from '@delira/backend-onnx-training';
import { createTfjsBackend } from '@delira/backend-tfjs';
import type { Backend } from '@delira/core';

export interface TimedEngineOptions {
  /** Where the engine can be told. */
  readonly threads: number;
  /** Of the ONNX engines. */
  readonly flavour: 'auto' | 'portable' | 'tuned';
}

/** What a backend says of itself. */
type Described = Backend & { readonly info: object };

/** Every backend that can be timed, by its name on the command line. */
export const timedEngines = {
  'onnx-training': ({ threads, flavour }) => createOnnxBackend({ threads, flavour }),
  'onnx-inference': ({ threads, flavour }) => createOnnxInferenceBackend({ threads, flavour }),
  'tfjs-node': () => createTfjsBackend({ engine: 'tfjs-node' }),
  'tfjs-webgpu': () => createTfjsBackend({ engine: 'webgpu' }),
  'tfjs-wasm': () => createTfjsBackend({ engine: 'wasm' }),
  'tfjs-cpu': () => createTfjsBackend({ engine: 'cpu' }),
} as const satisfies Readonly<Record<string, (options: TimedEngineOptions) => Promise<Described>>>;

export type TimedEngine = keyof typeof timedEngines;

export const timedEngineNames = Object.keys(timedEngines) as readonly TimedEngine[];
