import { sizeOf } from '@delira/core';
import {
  broadcast,
  integer,
  list,
  type Operator,
  positionsOf,
  reshape,
  stridesOf,
  take,
  transpose,
  type Value,
  valueOf,
} from './values.js';
import {
  blocked,
  blockedConv,
  convolve,
  convTranspose,
  maxPool,
  maxPoolWithIndices,
  unblocked,
  windowOf,
} from './windowOperators.js';

function elementwise(apply: (...values: readonly number[]) => number): Operator {
  return (inputs) => {
    const operands = inputs as readonly Value[];
    const rank = Math.max(...operands.map(({ shape }) => shape.length));
    const shape = Array.from({ length: rank }, (_, axis) =>
      Math.max(...operands.map((operand) => operand.shape[axis - rank + operand.shape.length] ?? 1)),
    );
    const data = operands.map((operand) => broadcast(operand, shape).data);
    const [a, b] = data as [Float64Array, Float64Array];
    if (data.length === 1) return [valueOf(shape, (index) => apply(a[index]!))];
    if (data.length === 2) return [valueOf(shape, (index) => apply(a[index]!, b[index]!))];
    return [valueOf(shape, (index) => apply(...data.map((values) => values[index]!)))];
  };
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

function slice(
  x: Value,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[],
  steps: readonly number[] = axes.map(() => 1),
): Value {
  const cuts = x.shape.map((extent, axis) => {
    const index = axes.indexOf(axis);
    if (index === -1) return { from: 0, step: 1, count: extent };
    // Negative positions count from the end of the axis.
    const [from, to] = [starts[index]!, ends[index]!].map((at) => (at < 0 ? at + extent : at)) as [number, number];
    return { from, step: steps[index]!, count: Math.ceil((to - from) / steps[index]!) };
  });
  const strides = stridesOf(x.shape);
  return take(
    x,
    cuts.map(({ count }) => count),
    cuts.map(({ step }, axis) => step * strides[axis]!),
    cuts.reduce((start, { from }, axis) => start + from * strides[axis]!, 0),
  );
}

/** Writes the elements of x where these strides of the result lead. */
function put(result: Value, x: Value, strides: readonly number[], start: number): void {
  positionsOf(x.shape, strides, start).forEach((position, index) => (result.data[position] = x.data[index]!));
}

const numbers = (value: Value | undefined): readonly number[] => Array.from(value!.data);

/** The operators the tuned flavour emits, and those of the portable one that these tests need. */
export const operators: Readonly<Record<string, Operator>> = {
  Abs: elementwise(Math.abs),
  Add: elementwise((a, b) => a! + b!),
  And: elementwise((a, b) => a! * b!),
  Cast: ([x]) => [x!],
  Clip: elementwise((value, low, high) => Math.min(Math.max(value!, low!), high!)),
  Concat: (inputs, { attributes }) => {
    const values = inputs as readonly Value[];
    const axis = integer(attributes['axis'], 0);
    const shape = values[0]!.shape.map((extent, index) =>
      index === axis ? values.reduce((sum, value) => sum + value.shape[axis]!, 0) : extent,
    );
    const result = valueOf(shape, () => 0);
    const strides = stridesOf(shape);
    let start = 0;
    for (const value of values) {
      put(result, value, strides, start);
      start += value.shape[axis]! * strides[axis]!;
    }
    return [result];
  },
  Conv: ([x, filter], node) => [convolve(x!, filter!, integer(node.attributes['group'], 1), windowOf(node))],
  ConvTranspose: convTranspose,
  Div: elementwise((a, b) => a! / b!),
  Equal: elementwise((a, b) => (a === b ? 1 : 0)),
  Exp: elementwise(Math.exp),
  Expand: ([x, shape]) => [broadcast(x!, numbers(shape))],
  Gather: ([x, indices], { attributes }) => {
    const axis = integer(attributes['axis'], 0);
    const extent = x!.shape[axis]!;
    const count = indices!.data.length;
    const inner = sizeOf(x!.shape.slice(axis + 1));
    const shape = x!.shape.with(axis, count);
    return [
      valueOf(shape, (index) => {
        const outer = Math.floor(index / (inner * count));
        const chosen = indices!.data[Math.floor(index / inner) % count]!;
        return x!.data[(outer * extent + chosen) * inner + (index % inner)]!;
      }),
    ];
  },
  Gemm: ([a, b], { attributes }) => [matmul(a!, b!, attributes['transA'] === 1, attributes['transB'] === 1)],
  Greater: elementwise((a, b) => (a! > b! ? 1 : 0)),
  Identity: ([x]) => [x!],
  IsNaN: elementwise((a) => (Number.isNaN(a) ? 1 : 0)),
  LeakyRelu: ([x], { attributes }) => {
    const { float: slope } = attributes['alpha'] as { readonly float: number };
    return [valueOf(x!.shape, (index) => Math.max(0, x!.data[index]!) + slope * Math.min(0, x!.data[index]!))];
  },
  Less: elementwise((a, b) => (a! < b! ? 1 : 0)),
  MatMul: ([a, b]) => [matmul(a!, b!)],
  Max: elementwise(Math.max),
  MaxPool: maxPoolWithIndices,
  Mul: elementwise((a, b) => a! * b!),
  Neg: elementwise((a) => -a!),
  Pad: ([x, pads, fill]) => {
    const amounts = numbers(pads);
    const rank = x!.shape.length;
    const shape = x!.shape.map((extent, axis) => extent + amounts[axis]! + amounts[axis + rank]!);
    const result = valueOf(shape, () => fill?.data[0] ?? 0);
    const strides = stridesOf(shape);
    // Negative amounts cut.
    const kept = slice(
      x!,
      x!.shape.map((_, axis) => Math.max(0, -amounts[axis]!)),
      x!.shape.map((extent, axis) => extent + Math.min(0, amounts[axis + rank]!)),
      x!.shape.map((_, axis) => axis),
    );
    put(
      result,
      kept,
      strides,
      strides.reduce((start, stride, axis) => start + Math.max(0, amounts[axis]!) * stride, 0),
    );
    return [result];
  },
  Reciprocal: elementwise((a) => 1 / a!),
  ReduceSum: ([x, axes], { attributes }) => {
    const reduced = numbers(axes);
    const kept = x!.shape.map((extent, axis) => (reduced.includes(axis) ? 1 : extent));
    const sums = valueOf(kept, () => 0);
    const strides = stridesOf(kept);
    const targets = positionsOf(
      x!.shape,
      strides.map((stride, axis) => (reduced.includes(axis) ? 0 : stride)),
    );
    x!.data.forEach((value, index) => (sums.data[targets[index]!] = sums.data[targets[index]!]! + value));
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
  ScatterElements: ([x, indices, updates]) => {
    const result = valueOf(x!.shape, (index) => x!.data[index]!);
    indices!.data.forEach((target, index) => (result.data[target] = result.data[target]! + updates!.data[index]!));
    return [result];
  },
  Slice: ([x, starts, ends, axes, steps]) => [
    slice(x!, numbers(starts), numbers(ends), numbers(axes), steps === undefined ? undefined : numbers(steps)),
  ],
  Split: ([x], { attributes, outputs }) => {
    const axis = integer(attributes['axis'], 0);
    const extent = x!.shape[axis]! / outputs.length;
    return outputs.map((_, index) => slice(x!, [index * extent], [(index + 1) * extent], [axis]));
  },
  Sqrt: elementwise(Math.sqrt),
  Squeeze: ([x, axes]) => [
    reshape(
      x!,
      x!.shape.filter((_, axis) => !numbers(axes).includes(axis)),
    ),
  ],
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
