import { createOnnxBackend } from '@delira/backend-onnx-training';
import { createReferenceBackend } from '@delira/backend-reference';
import { createTfjsBackend } from '@delira/backend-tfjs';
import type { Backend } from '@delira/core';

/** The only lines of this example that know an engine. */
const creators = {
  'onnx-training': () => createOnnxBackend(),
  'tfjs-node': () => createTfjsBackend({ engine: 'tfjs-node' }),
  'tfjs-webgpu': () => createTfjsBackend({ engine: 'webgpu' }),
  'tfjs-wasm': () => createTfjsBackend({ engine: 'wasm' }),
  'tfjs-cpu': () => createTfjsBackend({ engine: 'cpu' }),
  reference: () => Promise.resolve(createReferenceBackend()),
} as const satisfies Readonly<Record<string, () => Promise<Backend>>>;

export type EngineName = keyof typeof creators;

export const engineNames = Object.keys(creators) as readonly EngineName[];

/** @throws MissingPackageError saying what to install */
export const createBackend = (name: EngineName): Promise<Backend> => creators[name]();
