import type { ExpectedFailure } from '@delira/backend-conformance';

const because = (reason: string, ...cases: readonly string[]): readonly ExpectedFailure[] =>
  cases.map((id) => ({ case: id, reason }));

const special = (primitive: string, kind: string, dtype = 'float32'): string =>
  `primitive/${primitive}/special-${kind}/${dtype}`;

const cpu = [
  ...because("the engine's MaxPool passes over NaN", special('maxPool', 'nan')),
  ...because("the engine's MaxPool starts from the lowest finite number", special('maxPool', 'infinite')),
];

const webgpu = [
  ...cpu,
  ...because(
    'shaders need not keep NaN and infinities (WebGPU Shading Language, section 15.7)',
    ...['exp', 'log', 'sigmoid', 'relu', 'pow', 'argMax'].map((primitive) => special(primitive, 'nan')),
    ...['log', 'pow'].map((primitive) => special(primitive, 'infinite')),
    special('log', 'zero'),
    special('log', 'negative'),
  ),
];

const tfjs = because("the engine's MaxPool passes over NaN", special('maxPool', 'nan'));

const tfjsWebgpu = [
  ...tfjs,
  ...because("the engine's MaxPool starts from -1e20", special('maxPool', 'infinite')),
  ...because(
    'shaders need not keep NaN (WebGPU Shading Language, section 15.7)',
    special('sigmoid', 'nan'),
    special('argMax', 'nan'),
  ),
];

/** Conformance cases that a provider of ONNX Runtime, or an engine of TensorFlow.js, is known to fail, with the reason. */
export const expectedFailures: Readonly<Record<string, readonly ExpectedFailure[]>> = {
  cpu,
  webgpu,
  // TensorFlow's MaxPool does what that of ONNX Runtime does.
  'tfjs-node': cpu,
  'tfjs-node-gpu': cpu,
  'tfjs-webgpu': tfjsWebgpu,
  'tfjs-wasm': tfjs,
  'tfjs-cpu': tfjs,
};
