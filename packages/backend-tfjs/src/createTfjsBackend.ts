import { ArgumentError, didYouMean } from '@delira/core';
import { chooseEngine } from './engines/chooseEngine.js';
import { engineDescriptions } from './engines/engineDescriptions.js';
import { type EngineName, engineNames } from './engines/EngineName.js';
import { loadEngine } from './engines/loadEngine.js';
import { TfjsBackend } from './TfjsBackend.js';

export interface TfjsBackendOptions {
  /** Default: the best one installed, in the order of `engineNames`. */
  readonly engine?: EngineName;
}

/**
 * Starts TensorFlow.js. Without a name the best engine installed is taken; a machine without a GPU passes over `webgpu`, and
 * `backend.info` says so. `tfjs-node` and `tfjs-node-gpu` cannot be used in one process.
 *
 * @throws MissingPackageError with the command that installs the engine, EngineError when it is installed but does not start,
 * ArgumentError for an unknown name.
 */
export async function createTfjsBackend({ engine: name }: TfjsBackendOptions = {}): Promise<TfjsBackend> {
  if (name !== undefined && !Object.hasOwn(engineDescriptions, name))
    throw new ArgumentError(
      `engine is "${String(name)}".${didYouMean(name, engineNames)} It can be ${engineNames.join(', ')}.`,
    );
  const { engine, passedOver } =
    name === undefined ? await chooseEngine() : { engine: await loadEngine(name), passedOver: [] };
  return new TfjsBackend(engine, { engine: engine.name, version: engine.version, passedOver });
}
