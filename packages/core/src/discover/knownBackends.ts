/** A backend package this version knows of; any other can be used by its package name. */
export interface KnownBackend {
  /** Short name, as in `DELIRA_BACKEND=reference`. */
  readonly name: string;
  readonly package: string;
  /** False for one that only predicts. Default true. */
  readonly training?: boolean;
  /** Command that installs the package with an engine. */
  readonly install: string;
}

/** Best first: `resolveBackend` takes the first that is installed. */
export const knownBackends: readonly KnownBackend[] = [
  {
    name: 'onnx',
    package: '@delira/backend-onnx-training',
    install: 'npm install @delira/backend-onnx-training onnxruntime-node',
  },
  { name: 'tfjs', package: '@delira/backend-tfjs', install: 'npm install @delira/backend-tfjs @tensorflow/tfjs-node' },
  {
    name: 'onnx-inference',
    package: '@delira/backend-onnx-inference',
    training: false,
    install: 'npm install @delira/backend-onnx-inference onnxruntime-node',
  },
  { name: 'reference', package: '@delira/backend-reference', install: 'npm install @delira/backend-reference' },
];
