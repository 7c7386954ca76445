import type { Tensor } from '@tensorflow/tfjs-core';
import type { Aval, Lowering, NoAttrs } from '@delira/core';
import type { Kernels } from '../engines/Kernels.js';
import { axesOf, Value } from '../Value.js';
import { aligned, commonLayout, unrepeated } from './align.js';
import type { Lower } from './Lower.js';

type Combine = (kernels: Kernels, a: Tensor, b: Tensor, out: Aval) => Tensor;

const combine = (inputs: readonly Value[], out: Aval, join: Combine): readonly Value[] => {
  const operands = unrepeated(inputs, out.shape);
  const [a, b] = operands as readonly [Value, Value];
  const rank = out.shape.length;
  const layout = commonLayout(operands, rank);
  const result = join(a.kernels, aligned(a, layout, rank), aligned(b, layout, rank), out);
  return [new Value(a.kernels, out.shape, result, layout)];
};

const lower =
  (join: Combine): Lowering<NoAttrs, Value> =>
  (inputs, _attrs, [out]) =>
    combine(inputs, out!, join);

/** Bytes wrap around. */
function wrapped(kernels: Kernels, x: Tensor, { dtype }: Aval): Tensor {
  if (dtype !== 'uint8') return x;
  const size = kernels.scalar(256, 'int32');
  return kernels.sub(x, kernels.mul(kernels.binary('FloorDiv', x, size), size));
}

const arithmetic = (kernel: string): Lowering<NoAttrs, Value> =>
  lower((kernels, a, b, out) => wrapped(kernels, kernels.binary(kernel, a, b), out));

export const add = arithmetic('Add');
export const sub = arithmetic('Sub');
export const mul = arithmetic('Multiply');

/** NaN in either operand gives NaN. */
const extreme = (kernel: string): Lowering<NoAttrs, Value> =>
  lower((kernels, a, b, out) => {
    const result = kernels.binary(kernel, a, b);
    if (!kernels.traits.maximumDropsNan || out.dtype !== 'float32') return result;
    const second = expanded(kernels, b, result.shape);
    return kernels.select(kernels.run('IsNan', { x: second }), second, result);
  });

export const maximum = extreme('Maximum');
export const minimum = extreme('Minimum');

/** 1 to any power is 1, also to NaN. */
export const pow = lower((kernels, a, b) => {
  const result = kernels.binary('Pow', a, b);
  const one = expanded(kernels, kernels.binary('Equal', a, kernels.scalar(1)), result.shape);
  return kernels.select(one, kernels.fill(result.shape, 1), result);
});

/** Integers: towards zero, where tfjs rounds down. */
export const div = lower((kernels, a, b) => {
  if (a.dtype !== 'int32') return kernels.div(a, b);
  const sign = kernels.mul(kernels.run('Sign', { x: a }), kernels.run('Sign', { x: b }));
  const magnitude = kernels.binary('FloorDiv', kernels.run('Abs', { x: a }), kernels.run('Abs', { x: b }));
  return kernels.mul(magnitude, sign);
});

const comparisons = { lt: 'Less', le: 'LessEqual', eq: 'Equal' } as const;

/** Operands of kernels that cannot broadcast. */
function expanded(kernels: Kernels, operand: Tensor, shape: readonly number[]): Tensor {
  const full = [...new Array<number>(Math.max(0, shape.length - operand.rank)).fill(1), ...operand.shape];
  return kernels.expand(kernels.reshape(operand, full), shape);
}

export const compare: Lower<'compare'> = (inputs, { op }, [out]) =>
  combine(inputs, out!, (kernels, a, b) => kernels.binary(comparisons[op], a, b));

export const select: Lower<'select'> = (inputs, _attrs, [out]) => {
  const { kernels } = inputs[0]!;
  const { shape } = out!;
  const rank = shape.length;
  const layout = commonLayout(inputs, rank);
  const moved = axesOf(layout, rank).map((axis) => shape[axis]!);
  const [condition, t, e] = inputs.map((input) => {
    const operand = aligned(input, layout, rank);
    return expanded(
      kernels,
      rank > 0 && operand.rank === 0
        ? kernels.reshape(
            operand,
            moved.map(() => 1),
          )
        : operand,
      moved,
    );
  });
  return [new Value(kernels, shape, kernels.select(condition!, t!, e!), layout)];
};
