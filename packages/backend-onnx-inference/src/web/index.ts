import type { NDArray, Network, TensorsOf } from '@delira/core';
import type { ExportNetworkOptions } from '@delira/onnx';
import type { OnnxInferenceBackend } from '../backend/OnnxInferenceBackend.js';
import { startBackend } from '../backend/startBackend.js';
import type { CompileOptions } from '../engine/Engine.js';
import { compileModel } from '../model/compileModel.js';
import type { InferenceModel, InferenceModelOptions } from '../model/InferenceModel.js';
import { type ModelSource, openModel } from '../model/openModel.js';
import { type WebEngineOptions, webPlatform } from './webPlatform.js';

export * from '../exports.js';
export type { WebEngineOptions };

export interface LoadModelOptions extends WebEngineOptions, InferenceModelOptions {}

export interface CreateModelOptions extends LoadModelOptions, CompileOptions, ExportNetworkOptions {}

/**
 * Loads an exported network into onnxruntime-web.
 *
 * @param source the URL of the `.onnx` file, with its `.json` beside it, or the contents of both.
 * @throws as `loadModel` of `@delira/backend-onnx-inference`.
 */
export function loadModel(source: ModelSource, options: LoadModelOptions = {}): Promise<InferenceModel> {
  return openModel(webPlatform, source, options);
}

/** A network and the weights of a checkpoint, as `loadModel` would give it after an export. @throws as `loadModel` and `exportNetwork`. */
export function createModel<B extends TensorsOf<B>, P extends TensorsOf<P>>(
  network: Network<B, P>,
  variables: ReadonlyMap<string, NDArray>,
  options: CreateModelOptions = {},
): Promise<InferenceModel> {
  return compileModel(webPlatform, network, variables, options);
}

/** Starts onnxruntime-web as a backend that only predicts. @throws MissingPackageError, EngineError, ArgumentError, UnsupportedError. */
export function createOnnxInferenceBackend(
  options: WebEngineOptions & CompileOptions = {},
): Promise<OnnxInferenceBackend> {
  return startBackend(webPlatform, options);
}

export { createOnnxInferenceBackend as createBackend };
