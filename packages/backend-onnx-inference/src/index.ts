import type { NDArray, Network, TensorsOf } from '@delira/core';
import type { ExportNetworkOptions } from '@delira/onnx';
import type { OnnxInferenceBackend } from './backend/OnnxInferenceBackend.js';
import { startBackend } from './backend/startBackend.js';
import type { CompileOptions, EngineOptions } from './engine/Engine.js';
import { nodePlatform } from './engine/nodePlatform.js';
import { compileModel } from './model/compileModel.js';
import type { InferenceModel, InferenceModelOptions } from './model/InferenceModel.js';
import { type ModelSource, openModel } from './model/openModel.js';

export * from './exports.js';

export interface LoadModelOptions extends EngineOptions, InferenceModelOptions {}

export interface CreateModelOptions extends LoadModelOptions, CompileOptions, ExportNetworkOptions {}

/**
 * Loads an exported network into onnxruntime-node. `loadModel` of `@delira/backend-onnx-inference/web` is the same for browsers.
 *
 * @param source the path of the `.onnx` file, with its `.json` beside it, or the contents of both.
 * @throws NotFoundError, InputError for files that are not there, damaged, or do not belong together; MissingPackageError, EngineError,
 * ArgumentError, UnsupportedError for an engine or a provider that is not there, each with the remedy.
 */
export function loadModel(source: ModelSource, options: LoadModelOptions = {}): Promise<InferenceModel> {
  return openModel(nodePlatform, source, options);
}

/**
 * A network and the weights of a checkpoint, as `loadModel` would give it after an export. In the tuned flavour, which predicts faster and which no
 * file can hold, it is compiled for each size of batch that it meets, and the four used last are kept.
 *
 * @param variables by name: `await loadWeights(path)` of `@delira/io`.
 * @throws as `loadModel` and `exportNetwork`.
 */
export function createModel<B extends TensorsOf<B>, P extends TensorsOf<P>>(
  network: Network<B, P>,
  variables: ReadonlyMap<string, NDArray>,
  options: CreateModelOptions = {},
): Promise<InferenceModel> {
  return compileModel(nodePlatform, network, variables, options);
}

/**
 * Starts onnxruntime-node as a backend that only predicts, by default in the flavour that a probe at the start has found to be right: for `networkModel` of `@delira/prediction`, and wherever a backend is asked for.
 *
 * @throws MissingPackageError, EngineError, ArgumentError, UnsupportedError, each with the remedy.
 */
export function createOnnxInferenceBackend(options: CompileOptions = {}): Promise<OnnxInferenceBackend> {
  return startBackend(nodePlatform, options);
}

export { createOnnxInferenceBackend as createBackend };
