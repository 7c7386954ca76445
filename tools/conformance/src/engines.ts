import { createOnnxInferenceBackend } from '@delira/backend-onnx-inference';
import { createOnnxBackend } from '@delira/backend-onnx-training';
import { createTfjsBackend } from '@delira/backend-tfjs';
import type { Backend } from '@delira/core';
import { type NodeProcess, softwareDevice, SkippedError, tfjsNodeProcess } from '@delira/interop/engines';

export interface EngineOptions {
  readonly threads: number;
}

/** An engine that networks are trained on, or predicted with. */
export interface EngineUnderTest {
  readonly name: string;
  /** What its process needs. @throws SkippedError */
  readonly surroundings: () => Promise<NodeProcess>;
  /** @throws SkippedError, and whatever the backend throws when its engine is not there */
  readonly create: (options: EngineOptions) => Promise<Backend>;
}

const nothing = (): Promise<NodeProcess> => Promise.resolve({ options: [], environment: {} });

const onSoftwareDevice = async (): Promise<NodeProcess> => ({ options: [], environment: await softwareDevice() });

const onnx = (flavour: 'portable' | 'tuned'): EngineUnderTest => ({
  name: `onnx-${flavour}`,
  surroundings: nothing,
  async create({ threads }) {
    // The tuned flavour is what people get unless it is wrong on this machine; asking for it by name would throw then.
    const backend = await createOnnxBackend({
      flavour: flavour === 'tuned' ? 'auto' : flavour,
      threads,
      thread: 'inline',
    });
    if (backend.info.flavour === flavour) return backend;
    await backend.dispose();
    throw new SkippedError(backend.info.reason);
  },
});

const tfjs = (
  engine: 'tfjs-node-gpu' | 'tfjs-node' | 'webgpu' | 'wasm' | 'cpu',
  surroundings: EngineUnderTest['surroundings'] = nothing,
): EngineUnderTest => ({
  name: engine.startsWith('tfjs') ? engine : `tfjs-${engine}`,
  surroundings,
  create: () => createTfjsBackend({ engine }),
});

/** Every engine there is; those that are not here are skipped and say why. */
export const engines: readonly EngineUnderTest[] = [
  onnx('portable'),
  onnx('tuned'),
  {
    name: 'onnx-webgpu',
    surroundings: onSoftwareDevice,
    create: () => createOnnxBackend({ providers: ['webgpu'], thread: 'inline' }),
  },
  {
    name: 'onnx-inference',
    surroundings: nothing,
    create: ({ threads }) => createOnnxInferenceBackend({ threads }),
  },
  tfjs('tfjs-node-gpu'),
  tfjs('tfjs-node', () => tfjsNodeProcess()),
  tfjs('webgpu', onSoftwareDevice),
  tfjs('wasm'),
  tfjs('cpu'),
];
