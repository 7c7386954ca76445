import type { OnnxGraph, OnnxModel, OnnxNode, ValueInfo } from '../model/OnnxModel.js';
import type { OnnxValue } from './GraphBuilder.js';
import type { LoweredProgram, StatePart } from './LoweredProgram.js';
import { ownBuffers } from './ownBuffers.js';

/** Opset 17 is the newest that has everything used here in the form used here. */
export const OPSET = 17;

/** Symbolic extent of the axis along which steps are stacked. */
const STEPS = 'steps';

/** The step's position within the step. */
const POSITION = 'position';

/** Names of the model's inputs and outputs. */
export const stepsNames = {
  /** Position of each step: gives the number of steps even to a program without any other stacked input. */
  positions: 'positions',
  stacked: (name: string): string => `stacked:${name}`,
  /** By the name of a state's input within the step. */
  initial: (name: string): string => `initial:${name}`,
  output: (name: string): string => `output:${name}`,
  /** Whether the guard has passed, step by step. */
  passed: 'passed',
  next: (name: string): string => `next:${name}`,
  marker: 'marker',
} as const;

function info(name: string, { dtype }: OnnxValue, shape: ValueInfo['shape']): ValueInfo {
  return { name, type: dtype, shape };
}

function identity(from: string, to: string): OnnxNode {
  return { name: to, type: 'Identity', domain: '', inputs: [from], outputs: [to], attributes: {} };
}

/** Renames a node's values, also where the node's own graphs see them from the inside. */
function renameIn(node: OnnxNode, rename: (name: string) => string): OnnxNode {
  const attributes = Object.entries(node.attributes).map(([name, value]) =>
    typeof value === 'object' && 'graph' in value
      ? [name, { graph: { ...value.graph, nodes: value.graph.nodes.map((inner) => renameIn(inner, rename)) } }]
      : [name, value],
  );
  return {
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
    attributes: Object.fromEntries(attributes) as OnnxNode['attributes'],
  };
}

/**
 * Gives values the names of a graph's outputs. A value a node computes is renamed where it is made, so that nothing is copied; a
 * value wanted under two names, or one that no node computes, goes through an Identity, right behind its maker: the engine begins with
 * what the last operator needs.
 */
function nameOutputs(
  nodes: readonly OnnxNode[],
  wanted: readonly (readonly [value: string, output: string])[],
): readonly OnnxNode[] {
  const computed = new Set(nodes.flatMap(({ outputs }) => outputs));
  const renamed = new Map<string, string>();
  const identities = new Map<string, OnnxNode[]>();
  for (const [value, output] of wanted) {
    if (computed.has(value) && !renamed.has(value)) {
      renamed.set(value, output);
      continue;
    }
    const from = renamed.get(value) ?? value;
    identities.set(from, [...(identities.get(from) ?? []), identity(from, output)]);
  }
  const rename = (name: string): string => renamed.get(name) ?? name;
  const inside = nodes.flatMap((node) => {
    const named = renameIn(node, rename);
    return [named, ...named.outputs.flatMap((name) => identities.get(name) ?? [])];
  });
  const made = new Set(inside.flatMap(({ outputs }) => outputs));
  const others = [...identities.values()].flat().filter(({ name }) => !made.has(name));
  return [...others, ...inside];
}

export interface StepsModelOptions {
  /**
   * Puts an output that is a sequence first. onnxruntime-node copies each output into a new buffer after a run, in order, and stops with
   * an error at a sequence; by then every preallocated output is filled, so nothing is copied (134 MB per call for ResNet18 with Adam).
   */
  readonly marker?: boolean;
}

/**
 * Any number of steps in one run: a `Scan` over batches, hypers and noise stacked along a leading axis, which carries the written
 * state from step to step and stacks each step's outputs. One session serves every number of steps. Against a `Loop`, slices are views
 * and the last step writes straight into the outputs.
 */
export function stepsModel(program: LoweredProgram, { marker = false }: StepsModelOptions = {}): OnnxModel {
  const { guard } = program;
  const stacked = [...Object.values(program.feeds), ...Object.values(program.hyper), ...Object.values(program.noise)];
  const state = Object.values(program.state).flatMap(({ parts }) => parts);
  const carried = state.flatMap(({ input, output }) => (output === undefined ? [] : [{ input, output }]));
  const outputs = [
    ...Object.entries(program.outputs).map(([name, value]) => ({ name: stepsNames.output(name), value })),
    ...(guard === undefined ? [] : [{ name: stepsNames.passed, value: guard.passed }]),
  ];

  const nextNames = carried.map(({ input }) => `step:next:${input.name}`);
  const outputNames = outputs.map(({ name }) => `step:${name}`);
  const built = program.builder.graph('step', [], []);
  const given = new Map([...state.map(({ input }) => input), ...stacked].map((value) => [value.name, value]));
  const inner =
    program.ownBuffers === true
      ? ownBuffers(built, POSITION, (name) => program.builder.valueNamed(name) ?? given.get(name))
      : built;
  const body: OnnxGraph = {
    name: 'step',
    nodes: nameOutputs(inner.nodes, [
      ...carried.map(({ output }, index) => [output.name, nextNames[index]!] as const),
      ...outputs.map(({ value }, index) => [value.name, outputNames[index]!] as const),
    ]),
    initializers: [],
    ...(inner.values === undefined ? {} : { values: inner.values }),
    inputs: [
      ...carried.map(({ input }) => info(input.name, input, input.shape)),
      { name: POSITION, type: 'int32', shape: [] },
      ...stacked.map((value) => info(value.name, value, value.shape)),
    ],
    outputs: [
      ...carried.map(({ input }, index) => info(nextNames[index]!, input, input.shape)),
      ...outputs.map(({ value }, index) => info(outputNames[index]!, value, value.shape)),
    ],
  };
  const scan: OnnxNode = {
    name: 'steps',
    type: 'Scan',
    domain: '',
    inputs: [
      ...carried.map(({ input }) => stepsNames.initial(input.name)),
      stepsNames.positions,
      ...stacked.map(({ name }) => stepsNames.stacked(name)),
    ],
    outputs: [...carried.map(({ input }) => stepsNames.next(input.name)), ...outputs.map(({ name }) => name)],
    attributes: { body: { graph: body }, num_scan_inputs: stacked.length + 1 },
  };
  const markerNode: OnnxNode = {
    name: stepsNames.marker,
    type: 'SequenceConstruct',
    domain: '',
    inputs: [stepsNames.positions],
    outputs: [stepsNames.marker],
    attributes: {},
  };
  return {
    opset: OPSET,
    domains: program.builder.domains,
    metadata: {},
    graph: {
      name: program.name,
      nodes: marker ? [scan, markerNode] : [scan],
      // Constants live outside of the body, where every step sees them without a copy.
      initializers: inner.initializers,
      inputs: [
        { name: stepsNames.positions, type: 'int32', shape: [STEPS] },
        ...stacked.map((value) => info(stepsNames.stacked(value.name), value, [STEPS, ...value.shape])),
        ...carried.map(({ input }) => info(stepsNames.initial(input.name), input, input.shape)),
        ...state.flatMap(({ input, output }) => (output === undefined ? [info(input.name, input, input.shape)] : [])),
        ...(guard === undefined || guard.outputs.length === 0
          ? []
          : [info(guard.required.name, guard.required, guard.required.shape)]),
      ],
      outputs: [
        ...(marker ? [{ name: stepsNames.marker, type: 'int32', shape: [STEPS], sequence: true } as const] : []),
        ...carried.map(({ input }) => info(stepsNames.next(input.name), input, input.shape)),
        ...outputs.map(({ name, value }) => info(name, value, [STEPS, ...value.shape])),
      ],
    },
  };
}

/** Name of the model's input for a piece of a variable. */
export function stateInputName({ input, output }: StatePart): string {
  return output === undefined ? input.name : stepsNames.initial(input.name);
}
