import { type Shape, sizeOf } from '@delira/core';
import type { Attribute, OnnxGraph, OnnxNode } from '../../src/index.js';

/** Numbers in row-major order, whatever their dtype; blocked values keep the nominal shape, as in the engine. */
export interface Value {
  readonly shape: Shape;
  readonly data: Float64Array;
}

type Operator = (inputs: readonly (Value | undefined)[], node: OnnxNode, block: number) => readonly Value[];

function valueOf(shape: Shape, at: (index: number) => number): Value {
  const data = new Float64Array(sizeOf(shape));
  for (let index = 0; index < data.length; index++) data[index] = at(index);
  return { shape, data };
}

function stridesOf(shape: Shape): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

function indicesOf(index: number, shape: Shape): number[] {
  const strides = stridesOf(shape);
  return shape.map((extent, axis) => Math.floor(index / strides[axis]!) % extent);
}

function list(attribute: Attribute | undefined, fallback: readonly number[] = []): readonly number[] {
  return Array.isArray(attribute) ? (attribute as readonly number[]) : fallback;
}

function integer(attribute: Attribute | undefined, fallback: number): number {
  return typeof attribute === 'number' ? attribute : fallback;
}

/** Element of x at these indices, broadcasting from the right. */
function broadcastAt({ shape, data }: Value, indices: readonly number[]): number {
  const strides = stridesOf(shape);
  const offset = indices.length - shape.length;
  return data[
    shape.reduce((sum, extent, axis) => sum + (extent === 1 ? 0 : indices[offset + axis]! * strides[axis]!), 0)
  ]!;
}

function elementwise(apply: (...values: readonly number[]) => number): Operator {
  return (inputs) => {
    const operands = inputs as readonly Value[];
    const rank = Math.max(...operands.map(({ shape }) => shape.length));
    const shape = Array.from({ length: rank }, (_, axis) =>
      Math.max(...operands.map((operand) => operand.shape[axis - rank + operand.shape.length] ?? 1)),
    );
    return [
      valueOf(shape, (index) => apply(...operands.map((operand) => broadcastAt(operand, indicesOf(index, shape))))),
    ];
  };
}

function transpose({ shape, data }: Value, perm: readonly number[]): Value {
  const strides = stridesOf(shape);
  const target = perm.map((axis) => shape[axis]!);
  return valueOf(
    target,
    (index) =>
      data[indicesOf(index, target).reduce((sum, position, axis) => sum + position * strides[perm[axis]!]!, 0)]!,
  );
}

const reshape = ({ data }: Value, shape: Shape): Value => ({ shape, data });

/** [N, C, H, W] whose memory is [N, C/B, H, W, B], as plain. */
function unblocked(x: Value, block: number): Value {
  const [batch, channels, ...extents] = x.shape as [number, number, number, number];
  return reshape(transpose(reshape(x, [batch, channels / block, ...extents, block]), [0, 1, 4, 2, 3]), x.shape);
}

function blocked(x: Value, block: number): Value {
  const [batch, channels, ...extents] = x.shape as [number, number, number, number];
  return reshape(transpose(reshape(x, [batch, channels / block, block, ...extents]), [0, 1, 3, 4, 2]), x.shape);
}

interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

function windowOf({ attributes }: OnnxNode): Window {
  return {
    kernel: list(attributes['kernel_shape']),
    strides: list(attributes['strides'], [1, 1]),
    dilations: list(attributes['dilations'], [1, 1]),
    pads: list(attributes['pads'], [0, 0, 0, 0]),
  };
}

/** Calls `visit` with every input position a window meets; positions in the padding are left out. */
function overWindow(
  x: Shape,
  [row, column]: readonly [number, number],
  { kernel, strides, dilations, pads }: Window,
  visit: (y: number, x: number, tap: number) => void,
): void {
  for (let i = 0; i < kernel[0]!; i++) {
    for (let j = 0; j < kernel[1]!; j++) {
      const y = row * strides[0]! + i * dilations[0]! - pads[0]!;
      const z = column * strides[1]! + j * dilations[1]! - pads[1]!;
      if (y >= 0 && z >= 0 && y < x[2]! && z < x[3]!) visit(y, z, i * kernel[1]! + j);
    }
  }
}

function slidingShape(x: Shape, channels: number, { kernel, strides, dilations, pads }: Window): Shape {
  const extents = [0, 1].map(
    (axis) =>
      Math.floor(
        (x[axis + 2]! + pads[axis]! + pads[axis + 2]! - dilations[axis]! * (kernel[axis]! - 1) - 1) / strides[axis]!,
      ) + 1,
  );
  return [x[0]!, channels, ...extents];
}

/** Convolution of plain operands. */
function convolve(x: Value, filter: Value, groups: number, window: Window): Value {
  const [outputs, perGroup] = filter.shape as [number, number];
  const shape = slidingShape(x.shape, outputs, window);
  const taps = sizeOf(window.kernel);
  const [, channels, height, width] = x.shape as [number, number, number, number];
  return valueOf(shape, (index) => {
    const [image, output, row, column] = indicesOf(index, shape) as [number, number, number, number];
    const first = Math.floor(output / (outputs / groups)) * perGroup;
    let sum = 0;
    overWindow(x.shape, [row, column], window, (y, z, tap) => {
      for (let channel = 0; channel < perGroup; channel++) {
        sum +=
          x.data[((image * channels + first + channel) * height + y) * width + z]! *
          filter.data[(output * perGroup + channel) * taps + tap]!;
      }
    });
    return sum;
  });
}

/** The engine's rule: what a filter's memory means depends on the channels of a group. */
function plainFilter(filter: Value, block: number): Value {
  const [outputs, perGroup, height, width] = filter.shape as [number, number, number, number];
  const taps = height * width;
  if (perGroup < block) {
    return reshape(transpose(reshape(filter, [outputs / block, perGroup * taps, block]), [0, 2, 1]), filter.shape);
  }
  const split = reshape(filter, [outputs / block, perGroup / block, taps, block, block]);
  return reshape(transpose(split, [0, 4, 1, 3, 2]), filter.shape);
}

const blockedConv: Operator = ([x, filter, bias, sum], node, block) => {
  const groups = integer(node.attributes['group'], 1);
  const isNarrow = x!.shape[1]! / groups < block && groups === 1;
  const plain = convolve(isNarrow ? x! : unblocked(x!, block), plainFilter(filter!, block), groups, windowOf(node));
  const [, channels, height, width] = plain.shape as [number, number, number, number];
  const biased = valueOf(
    plain.shape,
    (index) => plain.data[index]! + (bias?.data[Math.floor(index / (height * width)) % channels] ?? 0),
  );
  const result = blocked(biased, block);
  const isRelu = node.attributes['activation'] === 'Relu';
  return [
    valueOf(result.shape, (index) => {
      const value = result.data[index]! + (sum?.data[index] ?? 0);
      return isRelu ? Math.max(0, value) : value;
    }),
  ];
};

function maxPool(x: Value, window: Window): Value {
  const shape = slidingShape(x.shape, x.shape[1]!, window);
  const [, channels, height, width] = x.shape as [number, number, number, number];
  return valueOf(shape, (index) => {
    const [image, channel, row, column] = indicesOf(index, shape) as [number, number, number, number];
    let largest = -Infinity;
    overWindow(x.shape, [row, column], window, (y, z) => {
      largest = Math.max(largest, x.data[((image * channels + channel) * height + y) * width + z]!);
    });
    return largest;
  });
}

function matmul(a: Value, b: Value, transA = false, transB = false): Value {
  const left = transA ? transpose(a, [1, 0]) : a;
  const right = transB ? transpose(b, [1, 0]) : b;
  const [rows, inner] = left.shape as [number, number];
  const columns = right.shape[1]!;
  return valueOf([rows, columns], (index) => {
    let sum = 0;
    for (let k = 0; k < inner; k++)
      sum += left.data[Math.floor(index / columns) * inner + k]! * right.data[k * columns + (index % columns)]!;
    return sum;
  });
}

function slice(x: Value, starts: readonly number[], ends: readonly number[], axes: readonly number[]): Value {
  const from = x.shape.map((_, axis) => (axes.includes(axis) ? starts[axes.indexOf(axis)]! : 0));
  const shape = x.shape.map((extent, axis) => (axes.includes(axis) ? ends[axes.indexOf(axis)]! - from[axis]! : extent));
  return valueOf(shape, (index) =>
    broadcastAt(
      x,
      indicesOf(index, shape).map((position, axis) => position + from[axis]!),
    ),
  );
}

const numbers = (value: Value | undefined): readonly number[] => Array.from(value!.data);

/** The operators the tuned flavour emits, and those it shares with the portable one in these tests. */
const operators: Readonly<Record<string, Operator>> = {
  Abs: elementwise(Math.abs),
  Add: elementwise((a, b) => a! + b!),
  Cast: ([x]) => [x!],
  Concat: (inputs, { attributes }) => {
    const values = inputs as readonly Value[];
    const axis = integer(attributes['axis'], 0);
    const shape = values[0]!.shape.map((extent, index) =>
      index === axis ? values.reduce((sum, value) => sum + value.shape[axis]!, 0) : extent,
    );
    return [
      valueOf(shape, (index) => {
        const position = indicesOf(index, shape);
        let rest = position[axis]!;
        const source = values.find((value) => {
          if (rest < value.shape[axis]!) return true;
          rest -= value.shape[axis]!;
          return false;
        })!;
        return broadcastAt(
          source,
          position.map((extent, other) => (other === axis ? rest : extent)),
        );
      }),
    ];
  },
  Conv: ([x, filter], node) => [convolve(x!, filter!, integer(node.attributes['group'], 1), windowOf(node))],
  Div: elementwise((a, b) => a! / b!),
  Equal: elementwise((a, b) => (a === b ? 1 : 0)),
  Exp: elementwise(Math.exp),
  Expand: ([x, shape]) => [valueOf(numbers(shape), (index) => broadcastAt(x!, indicesOf(index, numbers(shape))))],
  Gather: ([x, indices], { attributes }) => {
    const axis = integer(attributes['axis'], 0);
    const shape = x!.shape.map((extent, index) => (index === axis ? indices!.data.length : extent));
    return [
      valueOf(shape, (index) =>
        broadcastAt(
          x!,
          indicesOf(index, shape).map((position, other) => (other === axis ? indices!.data[position]! : position)),
        ),
      ),
    ];
  },
  Gemm: ([a, b], { attributes }) => [matmul(a!, b!, attributes['transA'] === 1, attributes['transB'] === 1)],
  Greater: elementwise((a, b) => (a! > b! ? 1 : 0)),
  MatMul: ([a, b]) => [matmul(a!, b!)],
  Max: elementwise(Math.max),
  Mul: elementwise((a, b) => a! * b!),
  Neg: elementwise((a) => -a!),
  Pad: ([x, pads, fill]) => {
    const amounts = numbers(pads);
    const rank = x!.shape.length;
    const shape = x!.shape.map((extent, axis) => extent + amounts[axis]! + amounts[axis + rank]!);
    return [
      valueOf(shape, (index) => {
        const position = indicesOf(index, shape).map((offset, axis) => offset - amounts[axis]!);
        const isInside = position.every((offset, axis) => offset >= 0 && offset < x!.shape[axis]!);
        return isInside ? broadcastAt(x!, position) : (fill?.data[0] ?? 0);
      }),
    ];
  },
  Reciprocal: elementwise((a) => 1 / a!),
  ReduceSum: ([x, axes], { attributes }) => {
    const reduced = numbers(axes);
    const kept = x!.shape.map((extent, axis) => (reduced.includes(axis) ? 1 : extent));
    const sums = valueOf(kept, () => 0);
    const strides = stridesOf(kept);
    x!.data.forEach((value, index) => {
      const target = indicesOf(index, x!.shape).reduce(
        (sum, position, axis) => sum + (reduced.includes(axis) ? 0 : position * strides[axis]!),
        0,
      );
      sums.data[target] = sums.data[target]! + value;
    });
    return [
      attributes['keepdims'] === 0
        ? reshape(
            sums,
            kept.filter((_, axis) => !reduced.includes(axis)),
          )
        : sums,
    ];
  },
  Relu: elementwise((a) => Math.max(0, a!)),
  Reshape: ([x, shape]) => [reshape(x!, numbers(shape))],
  Slice: ([x, starts, ends, axes]) => [slice(x!, numbers(starts), numbers(ends), numbers(axes))],
  Split: ([x], { attributes, outputs }) => {
    const axis = integer(attributes['axis'], 0);
    const extent = x!.shape[axis]! / outputs.length;
    return outputs.map((_, index) => slice(x!, [index * extent], [(index + 1) * extent], [axis]));
  },
  Sqrt: elementwise(Math.sqrt),
  Sub: elementwise((a, b) => a! - b!),
  Transpose: ([x], { attributes }) => [transpose(x!, list(attributes['perm']))],
  'com.microsoft.nchwc:Conv': blockedConv,
  'com.microsoft.nchwc:GlobalAveragePool': ([x], _node, block) => {
    const plain = unblocked(x!, block);
    const area = plain.shape[2]! * plain.shape[3]!;
    return [
      valueOf(
        [plain.shape[0]!, plain.shape[1]!, 1, 1],
        (index) => plain.data.subarray(index * area, (index + 1) * area).reduce((sum, value) => sum + value, 0) / area,
      ),
    ];
  },
  'com.microsoft.nchwc:MaxPool': ([x], node, block) => [blocked(maxPool(unblocked(x!, block), windowOf(node)), block)],
  'com.microsoft.nchwc:ReorderInput': ([x], _node, block) => [blocked(x!, block)],
  'com.microsoft.nchwc:ReorderOutput': ([x], _node, block) => [unblocked(x!, block)],
};

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
      node.type === 'Scan' ? scan(inputs as readonly Value[], node, values, block) : operator?.(inputs, node, block);
    if (results === undefined) throw new Error(`These tests do not know the operator ${node.domain} ${node.type}.`);
    node.outputs.forEach((name, index) => {
      if (values.has(name)) throw new Error(`${name} is made twice.`);
      values.set(name, results[index]!);
    });
  }
  return values;
}
