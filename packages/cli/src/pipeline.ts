import type { Pipeline } from '@delira/data-loading';
import { createRegistries } from './registries/Registries.js';
import { loadModule } from './session/loadModule.js';
import { type TransformOptions, transformOf } from './session/transformOf.js';

/** What a data worker is told: plain data, and the module that the user gave. */
export type PipelineOptions = Omit<TransformOptions, 'registries'> & { readonly module: string | null };

/** Makes in a data worker what `RunData` makes in the main thread. */
export async function createPipeline({ module, ...options }: PipelineOptions): Promise<Pipeline> {
  const registries = createRegistries();
  if (module !== null) await loadModule(module, registries);
  return { transform: transformOf({ ...options, registries }) };
}
