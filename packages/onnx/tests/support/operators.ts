import {
  broadcastAt,
  indicesOf,
  integer,
  list,
  type Operator,
  reshape,
  stridesOf,
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
    return [
      valueOf(shape, (index) => apply(...operands.map((operand) => broadcastAt(operand, indicesOf(index, shape))))),
    ];
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
  const shape = cuts.map(({ count }) => count);
  return valueOf(shape, (index) =>
    broadcastAt(
      x,
      indicesOf(index, shape).map((position, axis) => cuts[axis]!.from + position * cuts[axis]!.step),
    ),
  );
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
  ConvTranspose: convTranspose,
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
