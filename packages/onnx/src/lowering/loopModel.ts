import type { OnnxGraph, OnnxModel, OnnxNode, ValueInfo } from '../model/OnnxModel.js';
import type { OnnxValue } from './GraphBuilder.js';
import type { LoweredProgram } from './LoweredProgram.js';

/** Opset 17 is the newest that has everything used here in the form used here. */
export const OPSET = 17;

const STEPS = 'steps';

/** Names of the model's inputs and outputs that are not a variable's. */
export const loopNames = {
  steps: STEPS,
  stacked: (name: string): string => `stacked:${name}`,
  output: (name: string): string => `output:${name}`,
  next: (name: string): string => `next:${name}`,
} as const;

function info(name: string, { dtype }: OnnxValue, shape: ValueInfo['shape']): ValueInfo {
  return { name, type: dtype, shape };
}

function identity(from: string, to: string): OnnxNode {
  return { name: to, type: 'Identity', domain: '', inputs: [from], outputs: [to], attributes: {} };
}

/**
 * Gives values the names of a graph's outputs. A value a node computes is renamed where it is made, so that nothing is copied; a
 * value wanted under two names, or one that no node computes, goes through an Identity.
 */
function nameOutputs(
  nodes: readonly OnnxNode[],
  wanted: readonly (readonly [value: string, output: string])[],
): readonly OnnxNode[] {
  const computed = new Set(nodes.flatMap(({ outputs }) => outputs));
  const renamed = new Map<string, string>();
  const identities: OnnxNode[] = [];
  for (const [value, output] of wanted) {
    if (computed.has(value) && !renamed.has(value)) renamed.set(value, output);
    else identities.push(identity(renamed.get(value) ?? value, output));
  }
  const rename = (name: string): string => renamed.get(name) ?? name;
  return [
    ...nodes.map((node) => ({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) })),
    ...identities,
  ];
}

/**
 * Any number of steps in one run: a `Loop` whose trip count is an input, with the written state carried from step to step, the
 * batches, hypers and noise stacked along a new leading axis, and each step's outputs stacked likewise. One session serves every
 * number of steps; the engine copies the state once per run instead of once per step.
 */
export function loopModel(program: LoweredProgram, metadata: Readonly<Record<string, string>> = {}): OnnxModel {
  const stacked = [...Object.values(program.feeds), ...Object.values(program.hyper), ...Object.values(program.noise)];
  const state = Object.entries(program.state);
  const carried = state.flatMap(([name, { input, output }]) => (output === undefined ? [] : [{ name, input, output }]));
  const outputs = Object.entries(program.outputs);

  const pick = stacked.map(({ name }): OnnxNode => ({
    name,
    type: 'Gather',
    domain: '',
    inputs: [loopNames.stacked(name), 'iteration'],
    outputs: [name],
    attributes: { axis: 0 },
  }));
  // A graph's outputs need names of their own, even if two of them, or an input and an output, are one value.
  const bodyStateNames = carried.map(({ name }) => `body:next:${name}`);
  const bodyOutputNames = outputs.map(([name]) => `body:output:${name}`);
  const inner = program.builder.graph('step', [], []);
  const named = nameOutputs(inner.nodes, [
    ...carried.map(({ output }, index) => [output.name, bodyStateNames[index]!] as const),
    ...outputs.map(([, value], index) => [value.name, bodyOutputNames[index]!] as const),
  ]);
  const body: OnnxGraph = {
    name: 'step',
    nodes: [...pick, ...named, identity('condition', 'body:condition')],
    initializers: [],
    inputs: [
      { name: 'iteration', type: 'int64', shape: [] },
      { name: 'condition', type: 'bool', shape: [] },
      ...carried.map(({ input }) => info(input.name, input, input.shape)),
    ],
    outputs: [
      { name: 'body:condition', type: 'bool', shape: [] },
      ...carried.map(({ input }, index) => info(bodyStateNames[index]!, input, input.shape)),
      ...outputs.map(([, value], index) => info(bodyOutputNames[index]!, value, value.shape)),
    ],
  };

  const loop: OnnxNode = {
    name: 'loop',
    type: 'Loop',
    domain: '',
    inputs: [STEPS, 'always', ...carried.map(({ name }) => `initial:${name}`)],
    outputs: [...carried.map(({ name }) => loopNames.next(name)), ...outputs.map(([name]) => loopNames.output(name))],
    attributes: { body: { graph: body } },
  };
  return {
    opset: OPSET,
    domains: program.builder.domains,
    metadata,
    graph: {
      name: program.name,
      nodes: [loop],
      // Constants live outside of the loop, where a step sees them without a copy.
      initializers: [...inner.initializers, { name: 'always', type: 'bool', shape: [], bytes: Uint8Array.of(1) }],
      inputs: [
        { name: STEPS, type: 'int64', shape: [] },
        ...stacked.map((value) => info(loopNames.stacked(value.name), value, ['steps', ...value.shape])),
        ...carried.map(({ name, input }) => info(`initial:${name}`, input, input.shape)),
        ...state.flatMap(([, { input, output }]) =>
          output === undefined ? [info(input.name, input, input.shape)] : [],
        ),
      ],
      outputs: [
        ...carried.map(({ name, input }) => info(loopNames.next(name), input, input.shape)),
        ...outputs.map(([name, value]) => info(loopNames.output(name), value, ['steps', ...value.shape])),
      ],
    },
  };
}

/** Name of the model's input for a variable. */
export function stateInputName(program: LoweredProgram, name: string): string {
  const { input, output } = program.state[name]!;
  return output === undefined ? input.name : `initial:${name}`;
}
