import {
  ArgumentError,
  type BatchSignature,
  castArray,
  type NDArray,
  NotFoundError,
  type Program,
  UnsupportedError,
} from '@delira/core';
import type { Initializer, OnnxGraph, OnnxModel, OnnxNode, ValueInfo } from '../model/OnnxModel.js';
import { writeModel } from '../model/writeModel.js';
import type { LoweredProgram } from '../lowering/LoweredProgram.js';
import { OPSET } from '../lowering/stepsModel.js';
import { portableFlavour } from '../portable/portableFlavour.js';

// Two batch extents that are prime and unlike any real one: wherever the two graphs differ, the batch is meant.
const BATCHES = [7919, 7907] as const;
const BATCH = 'batch';

export interface ExportOptions {
  /** Shapes and dtypes of the inputs; their first axis becomes the dynamic batch. */
  readonly signature: BatchSignature;
  /** Traces the prediction Program for a signature: `(signature) => system.tracePredict(signature)`. */
  readonly trace: (signature: BatchSignature) => Program;
  /** Values of the variables the Program reads. */
  readonly variables: ReadonlyMap<string, NDArray>;
  /** Kept in the file, such as classes or spacing. */
  readonly metadata?: Readonly<Record<string, string>>;
}

function withBatch(signature: BatchSignature, batch: number): BatchSignature {
  return Object.fromEntries(
    Object.entries(signature).map(([name, { shape, dtype }]) => [name, { shape: [batch, ...shape.slice(1)], dtype }]),
  );
}

function dynamic(name: string, value: LoweredProgram['outputs'][string]): ValueInfo {
  return { name, type: value.dtype, shape: value.shape.map((extent) => (extent === BATCHES[0] ? BATCH : extent)) };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Shape constants in which the batch became -1. @throws UnsupportedError where the batch is more than one plain axis. */
function dynamicInitializers(graphs: readonly [OnnxGraph, OnnxGraph]): readonly Initializer[] {
  const [first, second] = graphs.map(({ initializers }) => initializers) as [
    readonly Initializer[],
    readonly Initializer[],
  ];
  const refuse = (what: string): never => {
    throw new UnsupportedError(
      `This network cannot be exported with a dynamic batch: ${what} depends on the batch size. Keep samples independent in predict: no reduction or reshape across the batch axis.`,
    );
  };
  if (first.length !== second.length) refuse('its structure');
  return first.map((initializer, index) => {
    const other = second[index]!;
    if (sameBytes(initializer.bytes, other.bytes)) return initializer;
    const consumers = graphs[0].nodes.filter(({ inputs }) => inputs.includes(initializer.name));
    // Only Reshape reads -1 as "whatever is left".
    if (initializer.type !== 'int64' || consumers.some(({ type }) => type !== 'Reshape')) {
      return refuse(`the constant ${initializer.name}, read by ${consumers.map(({ name }) => name).join(', ')},`);
    }
    const values = new BigInt64Array(initializer.bytes.slice().buffer);
    const others = new BigInt64Array(other.bytes.slice().buffer);
    let found = 0;
    for (let i = 0; i < values.length; i++) {
      if (values[i] === others[i]) continue;
      const isBatch = values[i] === BigInt(BATCHES[0]) && others[i] === BigInt(BATCHES[1]);
      if (!isBatch || found++ > 0) refuse(`the shape ${initializer.name}`);
      values[i] = -1n;
    }
    return { ...initializer, bytes: new Uint8Array(values.buffer) };
  });
}

/**
 * A prediction Program and its variables as the bytes of an `.onnx` file of standard operators: plain layouts, a dynamic batch, inputs
 * and outputs under their own names.
 *
 * @throws NotFoundError for a variable without value, UnsupportedError for a network whose batch cannot be dynamic, ArgumentError for
 * a Program that trains.
 */
export function exportModel({ signature, trace, variables, metadata = {} }: ExportOptions): Uint8Array {
  const lower = (batch: number): LoweredProgram => {
    const program = trace(withBatch(signature, batch));
    if (Object.keys(program.writes).length > 0)
      throw new ArgumentError(`The program "${program.name}" trains; export a prediction program.`);
    if (Object.keys(program.noise).length > 0)
      throw new ArgumentError(
        `The program "${program.name}" draws noise (${Object.keys(program.noise).join(', ')}); export a deterministic prediction program.`,
      );
    return portableFlavour.lower(program);
  };
  const lowered = lower(BATCHES[0]);
  const other = lower(BATCHES[1]);
  const graphs = [lowered.builder.graph('predict', [], []), other.builder.graph('predict', [], [])] as const;

  const reads = Object.entries(lowered.state).flatMap(([name, { parts }]) =>
    parts.map(({ input }) => [name, input] as const),
  );
  const state = reads.map(([name, input]): Initializer => {
    const value = variables.get(name);
    if (value === undefined)
      throw new NotFoundError(
        `The exported network reads the variable "${name}", but there is no value for it. Read all variables from the state store.`,
      );
    const { data } = castArray(value, input.dtype);
    return {
      name,
      type: input.dtype,
      shape: input.shape,
      bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    };
  });
  // Inside the graph names are prefixed by role; users of the file see the plain ones.
  const renamed = new Map<string, string>([
    ...Object.entries(lowered.feeds).map(([name, value]) => [value.name, name] as const),
    ...reads.map(([name, input]) => [input.name, name] as const),
  ]);
  const outputs = Object.entries(lowered.outputs);
  const nodes = graphs[0].nodes.map((node): OnnxNode => ({
    ...node,
    inputs: node.inputs.map((name) => renamed.get(name) ?? name),
  }));
  const named = outputs.map(([name, value]): OnnxNode => ({
    name: `output ${name}`,
    type: 'Identity',
    domain: '',
    inputs: [renamed.get(value.name) ?? value.name],
    outputs: [name],
    attributes: {},
  }));
  const model: OnnxModel = {
    opset: OPSET,
    domains: lowered.builder.domains,
    metadata,
    graph: {
      name: lowered.name,
      nodes: [...nodes, ...named],
      initializers: [...dynamicInitializers(graphs), ...state],
      inputs: Object.entries(lowered.feeds).map(([name, value]) => dynamic(name, value)),
      outputs: outputs.map(([name, value]) => dynamic(name, value)),
    },
  };
  return writeModel(model);
}
