import type { Lowering, NoAttrs, Shape } from '@delira/core';
import { emptyData, type Numbers, type Value } from '../Value.js';
import { expand } from './expand.js';
import type { Lower } from './Lower.js';

/** Operands advance by their step: 1, or 0 for one that holds a single element. */
type Loop = (a: Numbers, aStep: number, b: Numbers, bStep: number, y: Numbers) => void;

function operand(value: Value, shape: Shape, size: number): readonly [data: Numbers, step: number] {
  if (value.data.length === size) return [value.data, 1];
  return value.data.length === 1 ? [value.data, 0] : [expand(value, shape), 1];
}

const lower =
  (loop: Loop): Lowering<NoAttrs, Value> =>
  ([a, b], _attrs, [out]) => {
    const { shape } = out!;
    const size = shape.reduce((product, extent) => product * extent, 1);
    const data = emptyData(out!, size);
    loop(...operand(a!, shape, size), ...operand(b!, shape, size), data);
    return [{ shape, data }];
  };

export const add = lower((a, aStep, b, bStep, y) => {
  for (let i = 0; i < y.length; i++) y[i] = a[i * aStep]! + b[i * bStep]!;
});
export const sub = lower((a, aStep, b, bStep, y) => {
  for (let i = 0; i < y.length; i++) y[i] = a[i * aStep]! - b[i * bStep]!;
});
const floatProduct: Loop = (a, aStep, b, bStep, y) => {
  for (let i = 0; i < y.length; i++) y[i] = a[i * aStep]! * b[i * bStep]!;
};
const integerProduct: Loop = (a, aStep, b, bStep, y) => {
  for (let i = 0; i < y.length; i++) y[i] = Math.imul(a[i * aStep]!, b[i * bStep]!);
};
export const mul = lower((a, aStep, b, bStep, y) =>
  (y instanceof Float64Array ? floatProduct : integerProduct)(a, aStep, b, bStep, y),
);
/** Integers: towards zero. */
export const div = lower((a, aStep, b, bStep, y) => {
  for (let i = 0; i < y.length; i++) y[i] = a[i * aStep]! / b[i * bStep]!;
});
/** NaN in either operand gives NaN. */
export const maximum = lower((a, aStep, b, bStep, y) => {
  for (let i = 0; i < y.length; i++) y[i] = Math.max(a[i * aStep]!, b[i * bStep]!);
});
export const minimum = lower((a, aStep, b, bStep, y) => {
  for (let i = 0; i < y.length; i++) y[i] = Math.min(a[i * aStep]!, b[i * bStep]!);
});
/** 1 to any power is 1, as IEEE 754 and C have it; JavaScript gives NaN for powers that are not finite. */
export const pow = lower((a, aStep, b, bStep, y) => {
  for (let i = 0; i < y.length; i++) y[i] = a[i * aStep] === 1 ? 1 : Math.pow(a[i * aStep]!, b[i * bStep]!);
});

const comparisons: Readonly<Record<'lt' | 'le' | 'eq', Loop>> = {
  lt(a, aStep, b, bStep, y) {
    for (let i = 0; i < y.length; i++) y[i] = a[i * aStep]! < b[i * bStep]! ? 1 : 0;
  },
  le(a, aStep, b, bStep, y) {
    for (let i = 0; i < y.length; i++) y[i] = a[i * aStep]! <= b[i * bStep]! ? 1 : 0;
  },
  eq(a, aStep, b, bStep, y) {
    for (let i = 0; i < y.length; i++) y[i] = a[i * aStep] === b[i * bStep] ? 1 : 0;
  },
};
/** NaN compares false. */
export const compare: Lower<'compare'> = (inputs, { op }, out) => lower(comparisons[op])(inputs, {}, out);

export const select: Lower<'select'> = ([condition, a, b], _attrs, [out]) => {
  const { shape } = out!;
  const size = shape.reduce((product, extent) => product * extent, 1);
  const data = emptyData(out!, size);
  const [test, testStep] = operand(condition!, shape, size);
  const [left, leftStep] = operand(a!, shape, size);
  const [right, rightStep] = operand(b!, shape, size);
  for (let i = 0; i < size; i++) data[i] = test[i * testStep] === 0 ? right[i * rightStep]! : left[i * leftStep]!;
  return [{ shape, data }];
};
