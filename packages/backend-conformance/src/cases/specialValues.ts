import type { DType, PrimitiveName, Shape } from '@delira/core';

/** An operand: numbers, as a vector unless a shape is given, in the floating dtype under test unless one is named. */
export interface LiteralArray {
  readonly values: readonly number[];
  readonly shape?: Shape;
  readonly dtype?: DType;
}

/** A call whose result is known by definition: what PyTorch gives. */
export interface LiteralCase {
  readonly prim: PrimitiveName;
  /** Part of the case id. */
  readonly id: string;
  readonly inputs: readonly LiteralArray[];
  readonly attrs?: object;
  readonly expected: readonly number[];
  /** The sign of zeros counts. */
  readonly signed?: boolean;
}

const of = (...values: readonly number[]): LiteralArray => ({ values });

/** The same operand, mapped by several primitives. */
function unary(
  id: string,
  values: readonly number[],
  expected: Readonly<Partial<Record<PrimitiveName, readonly number[]>>>,
): readonly LiteralCase[] {
  return Object.entries(expected).map(([prim, results]) => ({
    prim: prim as PrimitiveName,
    id,
    inputs: [{ values }],
    expected: results,
    signed: id === 'signed-zero',
  }));
}

/** The same pairs of operands, mapped by several primitives. */
function binary(
  id: string,
  pairs: readonly (readonly [number, number])[],
  expected: Readonly<Partial<Record<PrimitiveName, readonly number[]>>>,
): readonly LiteralCase[] {
  return Object.entries(expected).map(([prim, results]) => ({
    prim: prim as PrimitiveName,
    id,
    inputs: [of(...pairs.map(([a]) => a)), of(...pairs.map(([, b]) => b))],
    expected: results,
  }));
}

const nan = Number.NaN;
const inf = Infinity;
const nanPairs = [
  [nan, 1],
  [1, nan],
  [nan, nan],
] as const;
const infinitePairs = [
  [inf, 1],
  [-inf, 1],
  [inf, -inf],
  [inf, inf],
  [1, inf],
  [0, inf],
] as const;
const zeroPairs = [
  [1, 0],
  [-1, 0],
  [0, 0],
  [1, -0],
  [0, 1],
] as const;

function compare(
  op: 'lt' | 'le' | 'eq',
  id: string,
  pairs: readonly (readonly [number, number])[],
  expected: number[],
): LiteralCase {
  return { ...binary(id, pairs, { compare: expected })[0]!, id: `${op}-${id}`, attrs: { op } };
}

const pool = { window: [2], strides: [2], padding: [[0, 0]] } as const;

/** NaN, infinities, zeros, and numbers so large that a careless formula overflows. */
export const specialValues: readonly LiteralCase[] = [
  ...unary('nan', [nan, 1], {
    neg: [nan, -1],
    exp: [nan, Math.E],
    log: [nan, 0],
    sqrt: [nan, 1],
    abs: [nan, 1],
    tanh: [nan, Math.tanh(1)],
    sigmoid: [nan, 1 / (1 + Math.exp(-1))],
    erf: [nan, 0.8427007929497149],
    floor: [nan, 1],
    relu: [nan, 1],
    positive: [0, 1],
  }),
  ...unary('infinite', [inf, -inf], {
    neg: [-inf, inf],
    exp: [inf, 0],
    log: [inf, nan],
    sqrt: [inf, nan],
    abs: [inf, inf],
    tanh: [1, -1],
    sigmoid: [1, 0],
    erf: [1, -1],
    floor: [inf, -inf],
    relu: [inf, 0],
    positive: [1, 0],
  }),
  ...unary('zero', [0, -0], {
    exp: [1, 1],
    log: [-inf, -inf],
    tanh: [0, 0],
    sigmoid: [0.5, 0.5],
    erf: [0, 0],
    relu: [0, 0],
    positive: [0, 0],
  }),
  ...unary('signed-zero', [0, -0], { neg: [-0, 0], sqrt: [0, -0], abs: [0, 0], floor: [0, -0] }),
  ...unary('negative', [-1, -4], { log: [nan, nan], sqrt: [nan, nan], abs: [1, 4], relu: [0, 0], floor: [-1, -4] }),
  ...unary('large', [100, -100], {
    tanh: [1, -1],
    sigmoid: [1, 0],
    erf: [1, -1],
    relu: [100, 0],
  }),
  ...unary('overflow', [1000, -1000], { exp: [inf, 0], tanh: [1, -1], sigmoid: [1, 0] }),
  ...unary('halves', [-1.5, -0.5, 0.5, 1.5], { floor: [-2, -1, 0, 1] }),
  { prim: 'leakyRelu', id: 'infinite', attrs: { slope: 0.25 }, inputs: [of(inf, -inf)], expected: [inf, -inf] },
  { prim: 'leakyRelu', id: 'nan', attrs: { slope: 0.25 }, inputs: [of(nan, -1)], expected: [nan, -0.25] },
  { prim: 'leakyStep', id: 'infinite', attrs: { slope: 0.25 }, inputs: [of(inf, -inf)], expected: [1, 0.25] },
  { prim: 'leakyStep', id: 'zero', attrs: { slope: 0.25 }, inputs: [of(0, -0)], expected: [0.25, 0.25] },
  { prim: 'leakyStep', id: 'falling', attrs: { slope: -2 }, inputs: [of(0, 1, -1)], expected: [-2, 1, -2] },

  ...binary('nan', nanPairs, {
    add: [nan, nan, nan],
    sub: [nan, nan, nan],
    mul: [nan, nan, nan],
    div: [nan, nan, nan],
    maximum: [nan, nan, nan],
    minimum: [nan, nan, nan],
    pow: [nan, 1, nan],
  }),
  ...binary('infinite', infinitePairs, {
    add: [inf, -inf, nan, inf, inf, inf],
    sub: [inf, -inf, inf, nan, -inf, -inf],
    mul: [inf, -inf, -inf, inf, inf, nan],
    div: [inf, -inf, nan, nan, 0, 0],
    maximum: [inf, 1, inf, inf, inf, inf],
    minimum: [1, -inf, -inf, inf, 1, 0],
    pow: [inf, -inf, 0, inf, 1, 0],
  }),
  ...binary('zero', zeroPairs, { div: [inf, -inf, nan, -inf, 0], pow: [1, 1, 1, 1, 0] }),
  compare('lt', 'nan', nanPairs, [0, 0, 0]),
  compare('le', 'nan', nanPairs, [0, 0, 0]),
  compare('eq', 'nan', nanPairs, [0, 0, 0]),
  compare('lt', 'infinite', infinitePairs, [0, 1, 0, 0, 1, 1]),
  compare('le', 'infinite', infinitePairs, [0, 1, 0, 1, 1, 1]),
  compare('eq', 'infinite', infinitePairs, [0, 0, 0, 1, 0, 0]),
  { prim: 'compare', id: 'eq-zeros', inputs: [of(0), of(-0)], attrs: { op: 'eq' }, expected: [1] },
  {
    prim: 'select',
    id: 'nan-not-taken',
    inputs: [{ values: [1, 0], dtype: 'bool' }, of(1, nan), of(nan, 2)],
    expected: [1, 2],
  },
  { prim: 'reduceMax', id: 'nan', inputs: [of(1, nan, 3)], attrs: { axes: [0] }, expected: [nan] },
  {
    prim: 'reduceMax',
    id: 'nan-of-pixels',
    // Few rows with many elements behind them: engines may reduce those in another way.
    inputs: [{ shape: [2, 48], values: [nan, ...new Array<number>(94).fill(1), nan] }],
    attrs: { axes: [0] },
    expected: [nan, ...new Array<number>(46).fill(1), nan],
  },
  { prim: 'reduceMax', id: 'infinite', inputs: [of(-inf, -inf)], attrs: { axes: [0] }, expected: [-inf] },
  { prim: 'reduceSum', id: 'infinite', inputs: [of(1, inf)], attrs: { axes: [0] }, expected: [inf] },
  { prim: 'reduceSum', id: 'nan', inputs: [of(inf, -inf)], attrs: { axes: [0] }, expected: [nan] },
  { prim: 'argMax', id: 'nan', inputs: [of(1, nan, 3, nan)], attrs: { axis: 0 }, expected: [1] },
  { prim: 'argMax', id: 'ties', inputs: [of(2, 3, 3, 1)], attrs: { axis: 0 }, expected: [1] },
  { prim: 'argMax', id: 'infinite', inputs: [of(-inf, -inf)], attrs: { axis: 0 }, expected: [0] },
  {
    prim: 'matmul',
    id: 'zero-times-infinite',
    inputs: [
      { values: [0, 1], shape: [1, 2] },
      { values: [inf, 2], shape: [2, 1] },
    ],
    expected: [nan],
  },
  {
    prim: 'maxPool',
    id: 'nan',
    inputs: [{ values: [1, nan, 3, 2], shape: [1, 1, 4] }],
    attrs: pool,
    expected: [nan, 3],
  },
  {
    prim: 'maxPool',
    id: 'infinite',
    inputs: [{ values: [-inf, -inf, inf, 2], shape: [1, 1, 4] }],
    attrs: pool,
    expected: [-inf, inf],
  },
];

const zeros = (shape: Shape): LiteralArray => ({
  values: new Array<number>(shape.reduce((product, extent) => product * extent, 1)).fill(0),
  shape,
});

/** Pooling a constant region: the gradient belongs to the first element of each window, as in PyTorch. */
export const tiedPooling: readonly LiteralCase[] = [
  {
    prim: 'maxPoolGrad',
    id: 'constant-2x2',
    inputs: [zeros([1, 1, 4, 4]), zeros([1, 1, 2, 2]), { values: [1, 2, 3, 4], shape: [1, 1, 2, 2] }],
    attrs: {
      window: [2, 2],
      strides: [2, 2],
      padding: [
        [0, 0],
        [0, 0],
      ],
    },
    expected: [1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0],
  },
  {
    prim: 'maxPoolGrad',
    id: 'constant-3x3-stride2-padded',
    inputs: [zeros([1, 1, 3, 3]), zeros([1, 1, 2, 2]), { values: [1, 2, 3, 4], shape: [1, 1, 2, 2] }],
    attrs: {
      window: [3, 3],
      strides: [2, 2],
      padding: [
        [1, 1],
        [1, 1],
      ],
    },
    expected: [1, 2, 0, 3, 4, 0, 0, 0, 0],
  },
  {
    prim: 'maxPoolGrad',
    id: 'shared-maximum',
    inputs: [{ values: [0, 5, 0, 0, 0], shape: [1, 1, 5] }, zeros([1, 1, 3]), { values: [1, 2, 3], shape: [1, 1, 3] }],
    attrs: { window: [3], strides: [1], padding: [[0, 0]] },
    expected: [0, 3, 3, 0, 0],
  },
];

const numbers = (dtype: DType, ...values: readonly number[]): LiteralArray => ({ values, dtype });

/** Conversions and integer arithmetic. */
export const integers: readonly LiteralCase[] = [
  {
    prim: 'cast',
    id: 'float-to-int32',
    inputs: [of(-1.9, 1.9, -0.5, 0.5)],
    attrs: { dtype: 'int32' },
    expected: [-1, 1, 0, 0],
  },
  { prim: 'cast', id: 'float-to-uint8', inputs: [of(0, 1.9, 255)], attrs: { dtype: 'uint8' }, expected: [0, 1, 255] },
  {
    prim: 'cast',
    id: 'float-to-bool',
    inputs: [of(0, -0, 0.5, nan, -2)],
    attrs: { dtype: 'bool' },
    expected: [0, 0, 1, 1, 1],
  },
  {
    prim: 'cast',
    id: 'int32-to-bool',
    inputs: [numbers('int32', 0, 256, -1)],
    attrs: { dtype: 'bool' },
    expected: [0, 1, 1],
  },
  {
    prim: 'cast',
    id: 'int32-to-float32',
    inputs: [numbers('int32', -7, 0, 16777216)],
    attrs: { dtype: 'float32' },
    expected: [-7, 0, 16777216],
  },
  {
    prim: 'cast',
    id: 'uint8-to-float32',
    inputs: [numbers('uint8', 0, 128, 255)],
    attrs: { dtype: 'float32' },
    expected: [0, 128, 255],
  },
  {
    prim: 'cast',
    id: 'uint8-to-int32',
    inputs: [numbers('uint8', 0, 128, 255)],
    attrs: { dtype: 'int32' },
    expected: [0, 128, 255],
  },
  {
    prim: 'cast',
    id: 'bool-to-int32',
    inputs: [numbers('bool', 0, 1)],
    attrs: { dtype: 'int32' },
    expected: [0, 1],
  },
  {
    prim: 'div',
    id: 'towards-zero-int32',
    inputs: [numbers('int32', -7, 7, -8, 8), numbers('int32', 2, -2, 3, 3)],
    expected: [-3, -3, -2, 2],
  },
];
