import { DeliraError, MissingPackageError } from '@delira/core';
import { engineDescriptions } from './engineDescriptions.js';
import { type EngineName, engineNames } from './EngineName.js';
import { type Import, type LoadedEngine, loadEngine } from './loadEngine.js';

/** A better engine that is installed but could not be taken. */
export interface PassedOver {
  readonly engine: EngineName;
  readonly reason: string;
}

/**
 * Starts the best engine installed.
 *
 * @throws MissingPackageError when there is none; EngineError when the best one does not start, unless all that `webgpu` lacks is a GPU.
 */
export async function chooseEngine(
  importModule?: Import,
): Promise<{ readonly engine: LoadedEngine; readonly passedOver: readonly PassedOver[] }> {
  const passedOver: PassedOver[] = [];
  for (const name of engineNames) {
    try {
      return { engine: await loadEngine(name, importModule), passedOver };
    } catch (error) {
      if (error instanceof MissingPackageError) continue;
      // The package can be installed where there is no GPU; any other engine is broken, and someone should know.
      if (name !== 'webgpu' || !(error instanceof DeliraError)) throw error;
      passedOver.push({ engine: name, reason: error.message });
    }
  }
  const installs = (['tfjs-node', 'webgpu', 'wasm'] as const).map((name) => engineDescriptions[name].install);
  throw new MissingPackageError(`No engine of tfjs is installed. Install one: ${installs.join('  ·  ')}`);
}
