import { type Shape, sizeOf, stridesOf } from '@delira/core';
import { emptyData } from '../Value.js';
import { walkRows } from '../walkRows.js';
import type { Lower } from './Lower.js';

/** Strides of the reduced array along the axes of the input: 0 along those that vanish. */
function reducedStrides(shape: Shape, axes: Shape): Shape {
  const kept = shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const strides = stridesOf(kept);
  return strides.map((stride, axis) => (axes.includes(axis) ? 0 : stride));
}

export const reduceSum: Lower<'reduceSum'> = ([x], { axes }, [out]) => {
  const from = x!.data;
  const data = emptyData(out!, sizeOf(out!.shape));
  walkRows(x!.shape, stridesOf(x!.shape), reducedStrides(x!.shape, axes), (start, to, count, step, toStep) => {
    if (toStep === 0) {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += from[start + i * step]!;
      data[to]! += sum;
    } else for (let i = 0; i < count; i++) data[to + i * toStep]! += from[start + i * step]!;
  });
  return [{ shape: out!.shape, data }];
};

/** A NaN among the elements is the largest, as in PyTorch. */
export const reduceMax: Lower<'reduceMax'> = ([x], { axes }, [out]) => {
  const from = x!.data;
  const data = emptyData(out!, sizeOf(out!.shape)).fill(from instanceof Float64Array ? -Infinity : -0x80000000);
  if (from instanceof Uint8Array) data.fill(0);
  walkRows(x!.shape, stridesOf(x!.shape), reducedStrides(x!.shape, axes), (start, to, count, step, toStep) => {
    for (let i = 0; i < count; i++) {
      const value = from[start + i * step]!;
      if (value > data[to + i * toStep]! || Number.isNaN(value)) data[to + i * toStep] = value;
    }
  });
  return [{ shape: out!.shape, data }];
};

/** The first of equal elements; a NaN is the largest, as in PyTorch. */
export const argMax: Lower<'argMax'> = ([x], { axis }, [out]) => {
  const { data: from, shape } = x!;
  const extent = shape[axis]!;
  const inner = sizeOf(shape.slice(axis + 1));
  const data = emptyData(out!, sizeOf(out!.shape));
  for (let i = 0; i < data.length; i++) {
    const start = Math.floor(i / inner) * extent * inner + (i % inner);
    let best = 0;
    for (let index = 1; index < extent; index++) {
      const [value, largest] = [from[start + index * inner]!, from[start + best * inner]!];
      if (!Number.isNaN(largest) && (value > largest || Number.isNaN(value))) best = index;
    }
    data[i] = best;
  }
  return [{ shape: out!.shape, data }];
};
