import { ndarray } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { GraphBuilder, type OnnxValue } from '../src/index.js';

const x: OnnxValue = { name: 'x', shape: [2, 3, 4], dtype: 'float32' };

const emitted = (graph: GraphBuilder) => graph.graph('g', [], []);
const int64 = (bytes: Uint8Array): number[] => Array.from(new BigInt64Array(bytes.slice().buffer), Number);

describe('GraphBuilder', () => {
  it('names nodes after their operator and the module they come from, never twice', () => {
    const graph = new GraphBuilder();
    graph.node('Relu', [x], x.shape);
    graph.scope = 'layer1.0';
    const value = graph.node('Relu', [x], x.shape);
    expect(emitted(graph).nodes.map(({ name }) => name)).toEqual(['Relu_0', 'layer1.0/Relu_1']);
    expect(value).toEqual({ name: 'layer1.0/Relu_1', shape: [2, 3, 4], dtype: 'float32' });
  });

  it('gives the outputs of one node names of their own', () => {
    const graph = new GraphBuilder();
    const outputs = graph.nodes('MaxPool', [x], [x, { shape: [1], dtype: 'int32' }]);
    expect(outputs.map(({ name, dtype }) => `${name} ${dtype}`)).toEqual(['MaxPool_0.0 float32', 'MaxPool_0.1 int32']);
  });

  it('knows which operator sets it used', () => {
    const graph = new GraphBuilder();
    graph.node('Relu', [x], x.shape);
    expect(graph.domains).toEqual({});
    graph.node('Fused', [x], x.shape, { domain: 'com.example' });
    expect(graph.domains).toEqual({ 'com.example': 1 });
  });

  it('holds equal constants once, and tells those that only look alike apart', () => {
    const graph = new GraphBuilder();
    expect(graph.int64([1, 2])).toBe(graph.int64([1, 2]));
    expect(graph.int64([1])).not.toBe(graph.int64(1));
    expect(graph.scalar(0.5).name).toBe(graph.scalar(0.5).name);
    expect(graph.scalar(0).name).not.toBe(graph.scalar(-0).name);
    expect(graph.scalar(1).name).not.toBe(graph.scalar(1, 'float64').name);
    expect(emitted(graph).initializers).toHaveLength(8);
  });

  it('writes constants little-endian', () => {
    const graph = new GraphBuilder();
    graph.constant(ndarray([1, -2], [2, 1]));
    const [initializer] = emitted(graph).initializers;
    expect(initializer).toMatchObject({ type: 'float32', shape: [2, 1] });
    expect([...initializer!.bytes]).toEqual([0, 0, 128, 63, 0, 0, 0, 192]);
  });

  it('takes the part of an array that a view shows', () => {
    const graph = new GraphBuilder();
    graph.constant({ dtype: 'int32', shape: [1], data: Int32Array.of(1, 2, 3).subarray(1, 2) });
    expect([...emitted(graph).initializers[0]!.bytes]).toEqual([2, 0, 0, 0]);
  });

  it('emits nothing for what changes nothing', () => {
    const graph = new GraphBuilder();
    expect(graph.reshape(x, [2, 3, 4])).toBe(x);
    expect(graph.transpose(x, [0, 1, 2])).toBe(x);
    expect(graph.slice(x, [0, 0], [3, 4], [1, 2])).toBe(x);
    expect(graph.sum(x, [])).toBe(x);
    expect(emitted(graph).nodes).toEqual([]);
  });

  it('refuses a reshape to another size', () => {
    expect(() => new GraphBuilder().reshape(x, [5])).toThrow('[2,3,4] to [5]');
  });

  it('slices only the axes that are cut, so that the others may be dynamic', () => {
    const graph = new GraphBuilder();
    expect(graph.slice(x, [0, 1, 0], [2, 3, 4], [0, 1, 2]).shape).toEqual([2, 2, 4]);
    const { nodes, initializers } = emitted(graph);
    const constants = nodes[0]!.inputs.slice(1).map((name) => initializers.find((entry) => entry.name === name)!);
    expect(constants.map(({ bytes }) => int64(bytes))).toEqual([[1], [3], [1]]);
  });

  it('follows the shapes of sums, transposes and broadcasts', () => {
    const graph = new GraphBuilder();
    expect(graph.sum(x, [0, 2]).shape).toEqual([3]);
    expect(graph.transpose(x, [2, 0, 1]).shape).toEqual([4, 2, 3]);
    expect(graph.binary('Add', x, { name: 'b', shape: [3, 1], dtype: 'float32' }).shape).toEqual([2, 3, 4]);
    expect(
      graph.binary(
        'Add',
        { name: 'c', shape: [1, 4], dtype: 'float32' },
        { name: 'd', shape: [5, 1], dtype: 'float32' },
      ).shape,
    ).toEqual([5, 4]);
  });
});
