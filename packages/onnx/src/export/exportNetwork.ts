import {
  ArgumentError,
  type BatchSignature,
  formatShape,
  type InputSpec,
  type NDArray,
  type Network,
  type Program,
  type Shape,
  type TensorsOf,
  TrainableSystem,
} from '@delira/core';
import { crc32 } from '../description/crc32.js';
import type { ModelDescription, TensorDescription } from '../description/ModelDescription.js';
import { parseDescription } from '../description/parseDescription.js';
import { OPSET } from '../lowering/stepsModel.js';
import { exportModel } from './exportModel.js';

export interface ExportNetworkOptions extends Partial<Pick<ModelDescription, 'classes' | 'spacing' | 'preprocessing'>> {
  /**
   * Extents of one sample, `[C, ...spatial]`: of the only input that the network leaves open, or by name. Needed where it leaves any open,
   * as a U-Net does.
   */
  readonly shape?: Shape | Readonly<Record<string, Shape>>;
  /** Traces the prediction Program; default: the network's `predict`. A trainer's `tracePredict` reads the moving averages of its evaluation. */
  readonly trace?: (signature: BatchSignature) => Program;
}

export interface ExportedNetwork {
  /** The bytes of the `.onnx` file. */
  readonly model: Uint8Array;
  readonly description: ModelDescription;
}

const isList = (shape: Shape | Readonly<Record<string, Shape>>): shape is Shape => Array.isArray(shape);

/** One sample of each input, for batches of `rows`; an input whose extents are not known refuses to be read. */
function signatureOf(
  { name, inputs }: { readonly name: string; readonly inputs: Readonly<Record<string, InputSpec>> },
  shape: Shape | Readonly<Record<string, Shape>>,
): BatchSignature {
  const open = Object.keys(inputs).filter((input) => inputs[input]!.shape.includes(null));
  // Labels are left open as well, but are no input of a prediction: the first is meant.
  const given = isList(shape) ? { [open[0] ?? Object.keys(inputs)[0] ?? '']: shape } : shape;
  const signature: Record<string, { readonly shape: Shape; readonly dtype: TensorDescription['dtype'] }> = {};
  for (const [input, { shape: expected, dtype }] of Object.entries(inputs)) {
    const own = given[input] ?? expected;
    const shown = `[${expected.map((extent) => extent ?? '?').join(', ')}]`;
    const fits = own.length === expected.length && own.every((extent, axis) => extent === (expected[axis] ?? extent));
    if (!fits)
      throw new ArgumentError(
        `A sample of "${input}" cannot have the shape ${formatShape(own as Shape)}: ${name} takes ${shown}. Leave the batch axis out.`,
      );
    Object.defineProperty(signature, input, {
      enumerable: true,
      get: () => {
        if (own.includes(null))
          throw new ArgumentError(
            `${name} takes "${input}" of the shape ${shown}, and an exported model has a fixed one. Say which, such as shape: [${expected.map((extent) => extent ?? 128).join(', ')}].`,
          );
        return { shape: [1, ...(own as Shape)], dtype };
      },
    });
  }
  return signature;
}

/**
 * A trained network as an `.onnx` file and its description. `exportOnnx` of `@delira/onnx/node` writes both.
 *
 * @param variables the network's, by name; those of optimizers may be among them.
 * @throws ArgumentError for a shape that is missing or does not fit; InputError for an option that the description cannot hold; UnsupportedError for
 * a network whose batch cannot be dynamic; NotFoundError for a variable without value.
 */
export function exportNetwork<B extends TensorsOf<B>, P extends TensorsOf<P>>(
  network: Network<B, P>,
  variables: ReadonlyMap<string, NDArray>,
  options: ExportNetworkOptions = {},
): ExportedNetwork {
  const { shape = {}, classes, spacing, preprocessing = [] } = options;
  const { name } = network.constructor;
  const trace = options.trace ?? ((signature: BatchSignature) => new TrainableSystem(network).tracePredict(signature));
  const open = signatureOf({ name, inputs: network.inputs as Readonly<Record<string, InputSpec>> }, shape);
  const { avals, feeds, outputs } = trace(open);
  const perSample = (ids: Readonly<Record<string, number>>): Record<string, TensorDescription> =>
    Object.fromEntries(
      Object.entries(ids).map(([entry, id]) => [entry, { shape: avals[id]!.shape.slice(1), dtype: avals[id]!.dtype }]),
    );
  const signature = Object.fromEntries(Object.entries(feeds).map(([entry, id]) => [entry, avals[id]!]));
  const model = exportModel({ signature, trace, variables, metadata: { network: name } });
  const description: ModelDescription = {
    format: 'delira-onnx',
    version: 1,
    network: name,
    config: network.config,
    inputs: perSample(feeds),
    outputs: perSample(outputs),
    ...(classes === undefined ? {} : { classes }),
    ...(spacing === undefined ? {} : { spacing }),
    preprocessing,
    versions: { opset: OPSET },
    model: { bytes: model.length, crc32: crc32(model) },
  };
  // What cannot be read must not be written.
  parseDescription(JSON.stringify(description));
  return { model, description };
}
