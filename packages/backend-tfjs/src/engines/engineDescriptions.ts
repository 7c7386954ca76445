import type { EngineName } from './EngineName.js';
import type { EngineTraits } from './EngineTraits.js';

export interface EngineDescription {
  /** What has to be installed, the engine itself first. */
  readonly packages: readonly [engine: string, ...others: string[]];
  /** The name under which tfjs registers it. */
  readonly registeredAs: string;
  readonly install: string;
  /** What it needs to start. */
  readonly needs: string;
  readonly traits: Omit<EngineTraits, 'maximumDropsNan' | 'clipDropsNan'>;
}

const CORE = '@tensorflow/tfjs-core';
const fetching = 'Its installer fetches libtensorflow from elsewhere.';

export const engineDescriptions: Readonly<Record<EngineName, EngineDescription>> = {
  'tfjs-node-gpu': {
    packages: ['@tensorflow/tfjs-node-gpu'],
    registeredAs: 'tensorflow',
    install: 'npm install @tensorflow/tfjs-node-gpu@~4.22.0',
    needs: `It needs Linux or Windows, CUDA 11.2 with cuDNN 8.1, and a Node version below 23. ${fetching}`,
    traits: { xnnpack: false, poolGradient: true, explicitPadding: false, knowsNan: true, castConverts: true },
  },
  'tfjs-node': {
    packages: ['@tensorflow/tfjs-node'],
    registeredAs: 'tensorflow',
    install: 'npm install @tensorflow/tfjs-node@~4.22.0',
    needs: `It needs libtensorflow beside it and a Node version below 23. ${fetching}`,
    traits: { xnnpack: false, poolGradient: true, explicitPadding: false, knowsNan: true, castConverts: true },
  },
  webgpu: {
    packages: ['@tensorflow/tfjs-backend-webgpu', CORE, 'webgpu'],
    registeredAs: 'webgpu',
    install: 'npm install @tensorflow/tfjs-core@~4.22.0 @tensorflow/tfjs-backend-webgpu@~4.22.0 webgpu',
    needs: 'It needs a GPU with a driver for Vulkan, Metal or Direct3D 12.',
    traits: { xnnpack: false, poolGradient: false, explicitPadding: true, knowsNan: false, castConverts: false },
  },
  wasm: {
    packages: ['@tensorflow/tfjs-backend-wasm', CORE],
    registeredAs: 'wasm',
    install: 'npm install @tensorflow/tfjs-core@~4.22.0 @tensorflow/tfjs-backend-wasm@~4.22.0',
    needs: 'Its .wasm files must lie in its dist folder.',
    traits: { xnnpack: true, poolGradient: false, explicitPadding: true, knowsNan: true, castConverts: true },
  },
  cpu: {
    packages: ['@tensorflow/tfjs-backend-cpu', CORE],
    registeredAs: 'cpu',
    install: 'npm install @tensorflow/tfjs-core@~4.22.0 @tensorflow/tfjs-backend-cpu@~4.22.0',
    needs: 'It needs nothing else.',
    traits: { xnnpack: false, poolGradient: true, explicitPadding: true, knowsNan: true, castConverts: true },
  },
};
