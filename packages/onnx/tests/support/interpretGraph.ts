import { sizeOf } from '@delira/core';
import type { OnnxGraph, OnnxNode } from '../../src/index.js';
import { operators } from './operators.js';
import { type Value, valueOf } from './values.js';

const readers = {
  float32: Float32Array,
  int32: Int32Array,
  float64: Float64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  int64: BigInt64Array,
} as const;

function scan(
  inputs: readonly Value[],
  node: OnnxNode,
  outer: ReadonlyMap<string, Value>,
  block: number,
): readonly Value[] {
  const { graph } = node.attributes['body'] as { readonly graph: OnnxGraph };
  const steps = inputs[0]!.shape[0]!;
  const rows = Array.from({ length: steps }, (_, step) => {
    const given = graph.inputs.map(({ name }, index): [string, Value] => {
      const { shape, data } = inputs[index]!;
      const size = data.length / steps;
      return [name, { shape: shape.slice(1), data: data.subarray(step * size, (step + 1) * size) }];
    });
    return interpretGraph(graph, new Map([...outer, ...given]), block);
  });
  return graph.outputs.map(({ name }) => {
    const { shape } = rows[0]!.get(name)!;
    const size = sizeOf(shape);
    return valueOf([steps, ...shape], (index) => rows[Math.floor(index / size)]!.get(name)!.data[index % size]!);
  });
}

function branch(condition: Value, node: OnnxNode, outer: ReadonlyMap<string, Value>, block: number): readonly Value[] {
  const chosen = condition.data[0] === 0 ? 'else_branch' : 'then_branch';
  const { graph } = node.attributes[chosen] as { readonly graph: OnnxGraph };
  const values = interpretGraph(graph, outer, block);
  return graph.outputs.map(({ name }) => values.get(name)!);
}

/**
 * Runs a graph in float64, the engine's blocked operators with the given block size included: so both block sizes are tested on any
 * machine.
 *
 * @throws Error for a value that is used before it is made, or made twice.
 */
export function interpretGraph(
  graph: OnnxGraph,
  given: ReadonlyMap<string, Value>,
  block: number,
): ReadonlyMap<string, Value> {
  const values = new Map(given);
  for (const { name, type, shape, bytes } of graph.initializers) {
    const Reader = readers[type as keyof typeof readers];
    const copy = bytes.slice().buffer;
    values.set(name, {
      shape,
      data: Float64Array.from(Array.from(new Reader(copy) as ArrayLike<number | bigint>, Number)),
    });
  }
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => {
      if (name === '') return undefined;
      const value = values.get(name);
      if (value === undefined) throw new Error(`${node.name} uses ${name} before it is made.`);
      return value;
    });
    const operator = operators[node.domain === '' ? node.type : `${node.domain}:${node.type}`];
    const results =
      node.type === 'Scan'
        ? scan(inputs as readonly Value[], node, values, block)
        : node.type === 'If'
          ? branch(inputs[0]!, node, values, block)
          : operator?.(inputs, node, block);
    if (results === undefined) throw new Error(`These tests do not know the operator ${node.domain} ${node.type}.`);
    node.outputs.forEach((name, index) => {
      if (values.has(name)) throw new Error(`${name} is made twice.`);
      values.set(name, results[index]!);
    });
  }
  return values;
}
