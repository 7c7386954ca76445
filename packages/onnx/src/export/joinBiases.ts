import { sizeOf } from '@delira/core';
import type { Initializer, OnnxGraph, OnnxNode } from '../model/OnnxModel.js';

/** How many channels a convolution gives; null for another node, or a kernel that the graph computes. */
function channelsOf({ type, attributes }: OnnxNode, kernel: Initializer | undefined): number | null {
  if (kernel === undefined) return null;
  if (type === 'Conv') return kernel.shape[0]!;
  return type === 'ConvTranspose' ? kernel.shape[1]! * (attributes['group'] as number) : null;
}

/** Makes a constant that is added to each channel of a convolution the convolution's own bias. */
export function joinBiases(graph: OnnxGraph): OnnxGraph {
  const constants = new Map(graph.initializers.map((constant) => [constant.name, constant]));
  const users = new Map<string, OnnxNode[]>();
  for (const node of graph.nodes) for (const name of node.inputs) users.set(name, [...(users.get(name) ?? []), node]);
  const results = new Set(graph.outputs.map(({ name }) => name));

  const biases = new Map<string, Initializer>();
  const replacements = new Map<OnnxNode, readonly OnnxNode[]>();
  for (const node of graph.nodes) {
    const [output] = node.outputs as readonly [string];
    const [sum, ...others] = users.get(output) ?? [];
    if (node.inputs.length !== 2 || node.domain !== '') continue;
    if (sum?.type !== 'Add' || others.length > 0 || results.has(output)) continue;
    const bias = constants.get(sum.inputs.find((name) => name !== output) ?? '');
    const isAlone = bias !== undefined && users.get(bias.name)!.length === 1;
    const channels = channelsOf(node, constants.get(node.inputs[1]!));
    if (!isAlone || bias.shape.length < 3 || bias.shape[1] !== channels || sizeOf(bias.shape) !== channels) continue;
    biases.set(bias.name, { ...bias, shape: [channels] });
    replacements.set(sum, []);
    replacements.set(node, [{ ...node, inputs: [...node.inputs, bias.name], outputs: sum.outputs }]);
  }
  return {
    ...graph,
    nodes: graph.nodes.flatMap((node) => replacements.get(node) ?? [node]),
    initializers: graph.initializers.map((constant) => biases.get(constant.name) ?? constant),
  };
}
