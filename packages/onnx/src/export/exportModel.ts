import { ArgumentError, type BatchSignature, type NDArray, type Program, UnsupportedError } from '@delira/core';
import { foldVariables, type FoldedProgram } from '../fold/foldVariables.js';
import type { OnnxValue } from '../lowering/GraphBuilder.js';
import type { Dimension, Initializer, OnnxGraph, OnnxModel, OnnxNode, ValueInfo } from '../model/OnnxModel.js';
import { writeModel } from '../model/writeModel.js';
import { initializer } from './initializer.js';
import { joinBiases } from './joinBiases.js';
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

/** An extent that holds the batch, by name: `batch`, or `batch * 64` where other axes were merged into it. */
function dimension(extent: number): Dimension {
  if (extent === 0 || extent % BATCHES[0] !== 0) return extent;
  return extent === BATCHES[0] ? BATCH : `${BATCH} * ${extent / BATCHES[0]}`;
}

function dynamic(name: string, { dtype, shape }: OnnxValue): ValueInfo {
  return { name, type: dtype, shape: shape.map(dimension) };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function refuse(what: string): never {
  throw new UnsupportedError(
    `This network cannot be exported with a dynamic batch: ${what} depends on the batch size. Keep samples independent in predict: no mean over, reshape across or broadcast to the batch axis.`,
  );
}

/** @throws UnsupportedError where the two graphs differ in more than constants. */
function checkSameNodes([first, second]: readonly [OnnxGraph, OnnxGraph]): void {
  if (first.nodes.length !== second.nodes.length) refuse('its structure');
  first.nodes.forEach((node, index) => {
    if (JSON.stringify(node) !== JSON.stringify(second.nodes[index])) refuse(`the operator ${node.name}`);
  });
}

interface DynamicConstants {
  readonly initializers: readonly Initializer[];
  /** Compute the shapes that a constant cannot hold; they read `BATCH` only. */
  readonly nodes: readonly OnnxNode[];
}

const int64s = (name: string, values: readonly bigint[]): Initializer => ({
  name,
  type: 'int64',
  shape: [values.length],
  bytes: new Uint8Array(BigInt64Array.from(values).buffer),
});

const standard = (type: string, inputs: readonly string[], output: string): OnnxNode => ({
  name: `${type} ${output}`,
  type,
  domain: '',
  inputs,
  outputs: [output],
  attributes: {},
});

/**
 * Shape constants in which the batch became -1 for `Reshape`, which reads it as "whatever is left", and is computed for `Expand` of what no
 * input has touched, such as the weight of an instance norm.
 *
 * @throws UnsupportedError where another constant depends on the batch.
 */
function dynamicConstants(
  [first, second]: readonly [OnnxGraph, OnnxGraph],
  inputs: readonly string[],
): DynamicConstants {
  const fed = new Set(inputs);
  for (const node of first.nodes)
    if (node.inputs.some((name) => fed.has(name))) node.outputs.forEach((name) => fed.add(name));
  const initializers: Initializer[] = [];
  const nodes: OnnxNode[] = [];
  first.initializers.forEach((constant, index) => {
    const other = second.initializers[index]!;
    if (sameBytes(constant.bytes, other.bytes)) return void initializers.push(constant);
    const { name, type } = constant;
    const readers = first.nodes.filter((node) => node.inputs.includes(name));
    const list = readers.map((reader) => reader.name).join(', ');
    const reshapes = readers.every((reader) => reader.type === 'Reshape');
    const expands = readers.every((reader) => reader.type === 'Expand' && !fed.has(reader.inputs[0]!));
    if (type !== 'int64' || !(reshapes || expands)) return refuse(`a constant read by ${list}`);
    const values = [...new BigInt64Array(constant.bytes.slice().buffer)];
    const others = new BigInt64Array(other.bytes.slice().buffer);
    const differing = [...values.keys()].filter((axis) => values[axis] !== others[axis]);
    const [axis] = differing as [number];
    const isMultiple = values[axis]! * BigInt(BATCHES[1]) === others[axis]! * BigInt(BATCHES[0]);
    if (differing.length > 1 || !isMultiple) return refuse(`the shape ${list} makes`);
    if (reshapes) return void initializers.push(int64s(name, values.with(axis, -1n)));
    const [factor, rest] = [`${name} of each sample`, `${name} besides`];
    const perSample = values.map((_, at) => (at === axis ? values[axis]! / BigInt(BATCHES[0]) : 0n));
    initializers.push(int64s(factor, perSample), int64s(rest, values.with(axis, 0n)));
    nodes.push(
      standard('Mul', [factor, BATCH], `${name} of the batch`),
      standard('Add', [`${name} of the batch`, rest], name),
    );
  });
  return { initializers, nodes };
}

/** @throws ArgumentError when two values of the file would have one name. */
function checkNames({ nodes, initializers, inputs }: OnnxGraph): void {
  const names = [...[...inputs, ...initializers].map(({ name }) => name), ...nodes.flatMap(({ outputs }) => outputs)];
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name))
      throw new ArgumentError(
        `Two values of the exported model would be called "${name}". Give inputs, predictions and variables names of their own.`,
      );
    seen.add(name);
  }
}

/**
 * A prediction Program and its variables as the bytes of an `.onnx` file of standard operators: plain layouts, a dynamic batch, inputs
 * and outputs under their own names. What depends on variables alone is computed once: a batch norm becomes part of the convolution before it.
 *
 * @throws NotFoundError for a variable without value, UnsupportedError for a network whose batch cannot be dynamic, ArgumentError for
 * a Program that trains or draws noise, and for names that clash.
 */
export function exportModel({ signature, trace, variables, metadata = {} }: ExportOptions): Uint8Array {
  const lower = (batch: number): LoweredProgram & Pick<FoldedProgram, 'variables'> => {
    const program = trace(withBatch(signature, batch));
    if (Object.keys(program.writes).length > 0)
      throw new ArgumentError(`The program "${program.name}" trains; export a prediction program.`);
    if (Object.keys(program.noise).length > 0)
      throw new ArgumentError(
        `The program "${program.name}" draws noise (${Object.keys(program.noise).join(', ')}); export a deterministic prediction program.`,
      );
    const folded = foldVariables(program, variables, { batch, pairSlices: true });
    return { ...portableFlavour.lower(folded.program), variables: folded.variables };
  };
  const lowered = lower(BATCHES[0]);
  const other = lower(BATCHES[1]);
  const graphs = [lowered.builder.graph('predict', [], []), other.builder.graph('predict', [], [])] as const;
  checkSameNodes(graphs);

  const reads = Object.entries(lowered.state).flatMap(([name, { parts }]) =>
    parts.map(({ input }) => [name, input] as const),
  );
  const state = reads.map(([name, input]) => initializer(name, input, lowered.variables.get(name)!()));
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
  const [input] = Object.keys(lowered.feeds);
  const constants = dynamicConstants(
    graphs,
    Object.values(lowered.feeds).map(({ name }) => name),
  );
  const batch: OnnxNode = { ...standard('Shape', [input ?? ''], BATCH), attributes: { start: 0, end: 1 } };
  const model: OnnxModel = {
    opset: OPSET,
    domains: lowered.builder.domains,
    metadata,
    graph: {
      name: lowered.name,
      nodes: [...(constants.nodes.length === 0 ? [] : [batch, ...constants.nodes]), ...nodes, ...named],
      initializers: [...constants.initializers, ...state],
      inputs: Object.entries(lowered.feeds).map(([name, value]) => dynamic(name, value)),
      outputs: outputs.map(([name, value]) => dynamic(name, value)),
    },
  };
  checkNames(model.graph);
  return writeModel({ ...model, graph: joinBiases(model.graph) });
}
