import { ArgumentError, DeliraError, didYouMean, MissingPackageError } from '@delira/core';
import { engineDescriptions } from './engines/engineDescriptions.js';
import { type EngineName, engineNames } from './engines/EngineName.js';
import { loadEngine } from './engines/loadEngine.js';
import { TfjsBackend, type TfjsInfo } from './TfjsBackend.js';

export interface TfjsBackendOptions {
  /** Default: the best one installed, in the order of `engineNames`. */
  readonly engine?: EngineName;
}

async function open(name: EngineName, passedOver: TfjsInfo['passedOver'] = []): Promise<TfjsBackend> {
  const engine = await loadEngine(name);
  return new TfjsBackend(engine, { engine: name, version: engine.version, passedOver });
}

/**
 * Starts TensorFlow.js. Without a name the best engine installed is taken; a machine without a GPU passes over `webgpu`, and
 * `backend.info` says so. `tfjs-node` and `tfjs-node-gpu` cannot be used in one process.
 *
 * @throws MissingPackageError with the command that installs the engine, EngineError when it is installed but does not start,
 * ArgumentError for an unknown name.
 */
export async function createTfjsBackend({ engine }: TfjsBackendOptions = {}): Promise<TfjsBackend> {
  if (engine !== undefined) {
    if (!Object.hasOwn(engineDescriptions, engine))
      throw new ArgumentError(
        `engine is "${String(engine)}".${didYouMean(engine, engineNames)} It can be ${engineNames.join(', ')}.`,
      );
    return open(engine);
  }
  const passedOver: { engine: EngineName; reason: string }[] = [];
  for (const name of engineNames) {
    try {
      return await open(name, passedOver);
    } catch (error) {
      if (!(error instanceof DeliraError)) throw error;
      if (error instanceof MissingPackageError) continue;
      // The package can be installed where there is no GPU; any other engine is broken and someone should know.
      if (name !== 'webgpu') throw error;
      passedOver.push({ engine: name, reason: error.message });
    }
  }
  const [gpu, node, wasm] = [engineDescriptions.webgpu, engineDescriptions['tfjs-node'], engineDescriptions.wasm];
  throw new MissingPackageError(
    `No engine of tfjs is installed. Install one: ${[node, gpu, wasm].map(({ install }) => install).join('  ·  ')}`,
  );
}
