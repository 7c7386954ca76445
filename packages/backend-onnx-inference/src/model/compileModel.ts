import {
  type BatchSignature,
  type NDArray,
  type Network,
  type Program,
  type TensorsOf,
  TrainableSystem,
} from '@delira/core';
import { exportNetwork, type ExportNetworkOptions } from '@delira/onnx';
import { chooseFlavour } from '../backend/chooseFlavour.js';
import { OnnxInferenceBackend } from '../backend/OnnxInferenceBackend.js';
import type { CompileOptions, Platform } from '../engine/Engine.js';
import { Runtime } from '../engine/Runtime.js';
import { InferenceModel, type InferenceModelOptions } from './InferenceModel.js';
import { programRunner } from './programRunner.js';

/** A network and its variables as a model: exported and loaded, or compiled in a faster form that no file can hold. */
export async function compileModel<
  O extends CompileOptions & InferenceModelOptions & ExportNetworkOptions,
  B extends TensorsOf<B>,
  P extends TensorsOf<P>,
>(
  platform: Platform<O>,
  network: Network<B, P>,
  variables: ReadonlyMap<string, NDArray>,
  options: O,
): Promise<InferenceModel> {
  // In either form: it describes the model, and shows that its samples are independent.
  const { model, description } = exportNetwork(network, variables, options);
  const runtime = await Runtime.start(platform, options);
  const choice = await chooseFlavour(runtime, options.flavour);
  if (choice.name === 'portable') {
    const { name, reason } = choice;
    const contents = { name: 'the model', model, description: JSON.stringify(description) };
    return InferenceModel.open(runtime, contents, options, { flavour: name, reason });
  }
  const trace =
    options.trace ?? ((signature: BatchSignature): Program => new TrainableSystem(network).tracePredict(signature));
  const one = Object.fromEntries(
    Object.entries(description.inputs).map(([name, { shape, dtype }]) => [name, { shape: [1, ...shape], dtype }]),
  );
  const used = Object.keys(trace(one).reads).map((name) => [name, variables.get(name)!] as const);
  const runner = await programRunner(new OnnxInferenceBackend(runtime, choice), new Map(used), trace);
  return InferenceModel.start(runner, description, options);
}
