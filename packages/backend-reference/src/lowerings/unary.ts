import type { NoAttrs, Lowering, PrimitiveName } from '@delira/core';
import { erf as erfOf } from '../erf.js';
import { emptyData, type Numbers, type Value } from '../Value.js';
import type { Lower } from './Lower.js';

type Loop = (x: Numbers, y: Numbers) => void;

// Each primitive has a loop of its own, so that the engine compiles each for itself.
const lower =
  (loop: Loop): Lowering<NoAttrs, Value> =>
  ([x], _attrs, [out]) => {
    const data = emptyData(out!, x!.data.length);
    loop(x!.data, data);
    return [{ shape: x!.shape, data }];
  };

export const neg = lower((x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = -x[i]!;
});
export const exp = lower((x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = Math.exp(x[i]!);
});
export const log = lower((x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = Math.log(x[i]!);
});
export const sqrt = lower((x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = Math.sqrt(x[i]!);
});
export const abs = lower((x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = Math.abs(x[i]!);
});
export const tanh = lower((x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = Math.tanh(x[i]!);
});
export const sigmoid = lower((x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = 1 / (1 + Math.exp(-x[i]!));
});
export const erf = lower((x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = erfOf(x[i]!);
});
export const floor = lower((x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = Math.floor(x[i]!);
});
/** NaN stays NaN. */
export const relu = lower((x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = x[i]! < 0 ? 0 : x[i]!;
});
export const positive = lower((x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = x[i]! > 0 ? 1 : 0;
});

export const leakyRelu: Lower<'leakyRelu'> = ([x], { slope }, [out]) => {
  const from = x!.data;
  const data = emptyData(out!, from.length);
  for (let i = 0; i < data.length; i++) data[i] = from[i]! > 0 ? from[i]! : slope * from[i]!;
  return [{ shape: x!.shape, data }];
};
export const leakyStep: Lower<'leakyStep'> = ([x], { slope }, [out]) => {
  const from = x!.data;
  const data = emptyData(out!, from.length);
  for (let i = 0; i < data.length; i++) data[i] = from[i]! > 0 ? 1 : slope;
  return [{ shape: x!.shape, data }];
};

export const cast: Lower<'cast'> = ([x], { dtype }, [out]) => {
  const from = x!.data;
  const data = emptyData(out!, from.length);
  if (dtype === 'bool') for (let i = 0; i < data.length; i++) data[i] = from[i] === 0 ? 0 : 1;
  else data.set(from);
  return [{ shape: x!.shape, data }];
};

/** The same numbers: values never change, so memory is shared. */
export const stopGradient: Lower<Extract<PrimitiveName, 'stopGradient'>> = ([x]) => [x!];
