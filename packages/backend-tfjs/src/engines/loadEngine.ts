import type { Tensor } from '@tensorflow/tfjs-core';
import { type DeliraError, EngineError, MissingPackageError } from '@delira/core';
import type { EngineName } from './EngineName.js';
import { type EngineDescription, engineDescriptions } from './engineDescriptions.js';
import type { EngineTraits } from './EngineTraits.js';
import { Kernels, type TensorflowEngine } from './Kernels.js';
import { provideGpu } from './provideGpu.js';
import { withoutNewListeners } from './withoutNewListeners.js';

interface Tensorflow {
  engine(): TensorflowEngine;
  setWasmPaths?(folder: string): void;
}

export interface LoadedEngine {
  readonly name: EngineName;
  /** Of TensorFlow.js. */
  readonly version: string;
  readonly kernels: Kernels;
  /** Makes it the one that tfjs computes with. Another backend of the same process may have taken over since. */
  activate(): void;
}

/** True when the package itself is not there, not merely something it needs. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return (
    (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') &&
    (String(message).includes(`Cannot find package '${name}'`) ||
      String(message).includes(`Cannot find module '${name}'`))
  );
}

const inNode = typeof process !== 'undefined' && typeof process.versions?.node === 'string';

function broken(name: EngineName, { install, needs }: EngineDescription, reason: string, cause?: unknown): DeliraError {
  return new EngineError(
    `The engine "${name}" of tfjs is installed but does not start: ${reason}. ${needs} Repair it (${install}), or choose another with createTfjsBackend({ engine }).`,
    { cause },
  );
}

/** Imports a package: replaced in tests of installations that are not there. */
export type Import = (packageName: string) => Promise<object>;

async function importPackage(
  name: string,
  engine: EngineName,
  description: EngineDescription,
  importModule: Import,
): Promise<object> {
  try {
    const module = (await importModule(name)) as { readonly default?: object };
    // Of a CommonJS module only what could be guessed has a name of its own.
    return { ...module.default, ...module };
  } catch (error) {
    if (isMissing(error, name))
      throw new MissingPackageError(
        `The engine "${engine}" of tfjs is not installed: there is no package ${name}. Run: ${description.install}`,
        { cause: error },
      );
    throw broken(engine, description, `${name} failed with "${messageOf(error)}"`, error);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!;

/** The .wasm files lie beside the module; its own guess is the script that was started. */
async function locateWasm(tensorflow: Tensorflow, packageName: string): Promise<void> {
  const [{ createRequire }, { dirname, join }] = await Promise.all([import('node:module'), import('node:path')]);
  const folder = dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`));
  tensorflow.setWasmPaths!(`${join(folder, 'dist')}/`);
}

/** What the engine makes of NaN. */
async function probe(engine: TensorflowEngine): Promise<Pick<EngineTraits, 'maximumDropsNan' | 'clipDropsNan'>> {
  const zeros = engine.makeTensor(new Float32Array(9), [9], 'float32');
  const nan = engine.makeTensor(new Float32Array(9).fill(NaN), [9], 'float32');
  const maximum = engine.runKernel<Tensor>('Maximum', { a: zeros, b: nan });
  const clipped = engine.runKernel<Tensor>('ClipByValue', { x: nan }, { clipValueMin: 0, clipValueMax: 1 });
  const [maxima, clips] = [await maximum.data<'float32'>(), await clipped.data<'float32'>()];
  for (const tensor of [zeros, nan, maximum, clipped]) tensor.dispose();
  const dropped = (values: Float32Array): boolean => values.every((value) => value === 0);
  return { maximumDropsNan: dropped(maxima), clipDropsNan: dropped(clips) };
}

/**
 * Loads and starts an engine.
 *
 * @throws MissingPackageError when a package is not installed, EngineError when it is there but does not start.
 */
export async function loadEngine(
  name: EngineName,
  importModule: Import = (packageName) => import(packageName),
): Promise<LoadedEngine> {
  const description = engineDescriptions[name];
  const { packages, registeredAs, traits } = description;
  const load = (packageName: string): Promise<object> => importPackage(packageName, name, description, importModule);
  // In a browser there is a GPU without the package.
  if (name === 'webgpu') await provideGpu(load, (reason) => broken(name, description, reason));
  let tensorflow = {} as Tensorflow;
  for (const packageName of packages) {
    if (packageName !== 'webgpu') tensorflow = { ...tensorflow, ...((await load(packageName)) as Tensorflow) };
  }
  const engine = tensorflow.engine();
  try {
    if (name === 'wasm' && inNode && engine.registry[registeredAs] === undefined)
      await locateWasm(tensorflow, packages[0]);
    const started = await withoutNewListeners(() => engine.setBackend(registeredAs));
    if (!started) throw new Error('it could not be initialized');
  } catch (error) {
    throw broken(name, description, messageOf(error), error);
  }
  // It would tell users to install another engine.
  if (name === 'cpu') Object.assign(engine.backend, { firstUse: false });
  return {
    name,
    version: (tensorflow as { readonly version_core?: string }).version_core ?? 'unknown',
    kernels: new Kernels(engine, { ...traits, ...(await probe(engine)) }),
    activate() {
      // Done when the call returns, since the engine was started before.
      if (engine.backendName !== registeredAs) void engine.setBackend(registeredAs);
    },
  };
}
