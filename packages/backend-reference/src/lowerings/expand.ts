import { type Shape, sizeOf, stridesOf } from '@delira/core';
import type { Numbers, Value } from '../Value.js';
import { walkRows } from '../walkRows.js';

/** The elements of `value` repeated to fill `shape`, which its own shape broadcasts to. */
export function expand(value: Value, shape: Shape): Numbers {
  const { data } = value;
  const Data = data.constructor as new (size: number) => Numbers;
  const target = new Data(sizeOf(shape));
  const missing = shape.length - value.shape.length;
  const own = stridesOf(value.shape);
  const strides = shape.map((_, axis) =>
    axis < missing || value.shape[axis - missing] === 1 ? 0 : own[axis - missing]!,
  );
  walkRows(shape, strides, stridesOf(shape), (from, to, count, fromStep) => {
    if (fromStep === 0) target.fill(data[from]!, to, to + count);
    else for (let i = 0; i < count; i++) target[to + i] = data[from + i * fromStep]!;
  });
  return target;
}
