export { createOnnxBackend, createOnnxBackend as createBackend, type OnnxBackendOptions } from './createOnnxBackend.js';
export type { EngineInfo, EngineOptions, EngineUsage } from './engine/EngineHost.js';
export type { FlavourName } from '@delira/onnx';
export { type Provider } from './engine/checkProviders.js';
export { OnnxBackend, OnnxExecutable } from './OnnxBackend.js';
