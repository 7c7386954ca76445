import type { Tensor } from '@tensorflow/tfjs-core';
import { type Shape, sizeOf } from '@delira/core';
import type { Kernels } from '../engines/Kernels.js';
import { axesOf, Value } from '../Value.js';
import type { Lower } from './Lower.js';

/** Reduces in the layout there is; what remains is put in the Program's order, which costs nothing unless axes have to move. */
function reduced(
  x: Value,
  axes: readonly number[],
  shape: Shape,
  reduce: (kernels: Kernels, tensor: Tensor, axes: readonly number[]) => Tensor,
): Value {
  const { kernels, layout } = x;
  const order = axesOf(layout, x.shape.length);
  const result = reduce(
    kernels,
    x.as(layout),
    axes.map((axis) => order.indexOf(axis)).sort((a, b) => a - b),
  );
  const left = order.filter((axis) => !axes.includes(axis));
  const sorted = [...left].sort((a, b) => a - b);
  const plain = kernels.transpose(
    result,
    sorted.map((axis) => left.indexOf(axis)),
  );
  return new Value(kernels, shape, plain);
}

function sum(kernels: Kernels, x: Tensor, axes: readonly number[]): Tensor {
  if (x.dtype !== 'float32' || x.size === 0) return kernels.sum(x, axes);
  const leading = axes.every((axis, index) => axis === index);
  if (!leading || axes.length === 0 || axes.length === x.rank) return kernels.sum(x, axes);
  const kept = x.shape.slice(axes.length);
  const columns = kernels.reshape(x, [sizeOf(x.shape.slice(0, axes.length)), sizeOf(kept)]);
  return kernels.reshape(kernels.columnSums(columns), kept);
}

export const reduceSum: Lower<'reduceSum'> = ([x], { axes }, [out]) => [reduced(x!, axes, out!.shape, sum)];

export const reduceMax: Lower<'reduceMax'> = ([x], { axes }, [out]) => [
  reduced(x!, axes, out!.shape, (kernels, tensor, reducedAxes) =>
    axes.length === 0
      ? tensor
      : kernels.run('Max', { x: tensor }, { reductionIndices: [...reducedAxes], keepDims: false }),
  ),
];

/** The first of equal elements; a NaN is the largest. */
export const argMax: Lower<'argMax'> = ([x], { axis }, [out]) => [
  reduced(x!, [axis], out!.shape, (kernels, tensor, [first]) => {
    const index = (of: Tensor): Tensor => kernels.run('ArgMax', { x: of }, { axis: first });
    if (tensor.dtype !== 'float32' || !kernels.traits.knowsNan) return index(tensor);
    const nan = kernels.cast(kernels.run('IsNan', { x: tensor }), 'float32');
    const any = kernels.run('Max', { x: nan }, { reductionIndices: [first], keepDims: false });
    const condition = kernels.binary('Greater', any, kernels.scalar(0));
    return kernels.select(condition, index(nan), index(tensor));
  }),
];
