export type { ModelDescription, PreprocessingStep, TensorDescription } from '@delira/onnx';
export { OnnxInferenceBackend } from './backend/OnnxInferenceBackend.js';
export { OnnxInferenceExecutable } from './backend/OnnxInferenceExecutable.js';
export type { CompileOptions, EngineOptions } from './engine/Engine.js';
export type { EngineInfo } from './engine/Runtime.js';
export { InferenceModel, type InferenceModelOptions } from './model/InferenceModel.js';
export type { ModelSource } from './model/openModel.js';
