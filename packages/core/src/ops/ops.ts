import { ArgumentError, ShapeError } from '../errors/index.js';
import { type DType, formatShape, normalizeAxes, type Shape } from '../ndarray/index.js';
import type { ConvAttrs, Padding } from '../ir/index.js';
import { binary, bind, constant, currentTrace, liftPair, type Tensor } from '../tensor/index.js';
import type { NDArray } from '../ndarray/index.js';

type Operand = Tensor | number;

export const abs = (x: Tensor): Tensor => bind('abs', [x], {});
export const tanh = (x: Tensor): Tensor => bind('tanh', [x], {});
export const sigmoid = (x: Tensor): Tensor => bind('sigmoid', [x], {});
export const erf = (x: Tensor): Tensor => bind('erf', [x], {});
export const floor = (x: Tensor): Tensor => bind('floor', [x], {});
/** 1 where x > 0, else 0, in x's dtype. */
export const positive = (x: Tensor): Tensor => bind('positive', [x], {});
export const maximum = (a: Operand, b: Operand): Tensor => binary('maximum', a, b);
export const minimum = (a: Operand, b: Operand): Tensor => binary('minimum', a, b);
/** aᵇ for a > 0. */
export const pow = (a: Operand, b: Operand): Tensor => binary('pow', a, b);

function compare(op: 'lt' | 'le' | 'eq', a: Operand, b: Operand): Tensor {
  const pair = liftPair(a, b, op);
  return bind('compare', pair, { op });
}
export const less = (a: Operand, b: Operand): Tensor => compare('lt', a, b);
export const lessEqual = (a: Operand, b: Operand): Tensor => compare('le', a, b);
export const greater = (a: Operand, b: Operand): Tensor => compare('lt', b, a);
export const greaterEqual = (a: Operand, b: Operand): Tensor => compare('le', b, a);
export const equal = (a: Operand, b: Operand): Tensor => compare('eq', a, b);

/** condition ? a : b, elementwise and broadcasting. */
export function select(condition: Tensor, a: Operand, b: Operand): Tensor {
  const [left, right] = liftPair(a, b, 'select');
  return bind('select', [condition, left, right], {});
}

/** A constant of the trace; the array is kept by reference. */
export function asTensor(array: NDArray): Tensor {
  return currentTrace().constant(array);
}

/** Tensors joined along `axis` (negative counts from the end). */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const first = tensors[0];
  if (first === undefined) throw new ArgumentError('concat of no tensors. Give at least one.');
  return tensors.length === 1
    ? first
    : bind('concat', tensors, { axis: normalizeAxes([axis], first.shape.length)[0]! });
}

/** The box of extent `size` that begins at `start`. */
export const slice = (x: Tensor, start: Shape, size: Shape): Tensor => bind('slice', [x], { start, size });

/** Zeros around x: [low, high] for each axis. */
export const pad = (x: Tensor, padding: Padding): Tensor => bind('pad', [x], { padding });

/** [..., depth]: 1 where the int32 index equals the position, rows of zeros for indices out of range. */
export const oneHot = (indices: Tensor, depth: number, dtype: DType = 'float32'): Tensor =>
  bind('oneHot', [indices], { depth, dtype });

/** Largest element over `axes` (default all). */
export function max(
  x: Tensor,
  axes: Shape = x.shape.map((_, axis) => axis),
  options: { readonly keepDims?: boolean } = {},
): Tensor {
  const normalized = normalizeAxes(axes, x.shape.length);
  const reduced = normalized.length === 0 ? x : bind('reduceMax', [x], { axes: normalized });
  return options.keepDims === true
    ? reduced.reshape(x.shape.map((extent, axis) => (normalized.includes(axis) ? 1 : extent)))
    : reduced;
}

/** Index of the first largest element along `axis`, as int32. */
export const argMax = (x: Tensor, axis: number): Tensor =>
  bind('argMax', [x], { axis: normalizeAxes([axis], x.shape.length)[0]! });

/** Logarithm of the softmax along `axis`, stable for logits of any size. */
export function logSoftmax(x: Tensor, axis: number): Tensor {
  const shifted = x.sub(max(x, [axis], { keepDims: true }).stopGradient());
  return shifted.sub(shifted.exp().sum([axis], { keepDims: true }).log());
}

export const softmax = (x: Tensor, axis: number): Tensor => {
  const exponential = x.sub(max(x, [axis], { keepDims: true }).stopGradient()).exp();
  // Times the inverse of the sums, which are few: a division of all elements would cost two more passes in the gradient.
  return exponential.mul(constant(1, x.dtype).div(exponential.sum([axis], { keepDims: true })));
};

/** ln(1 + eˣ), stable for any x. */
export const softplus = (x: Tensor): Tensor => maximum(x, 0).add(abs(x).neg().exp().add(1).log());

export interface ConvOptions {
  /** One number for all spatial axes, or one for each. Default 1. */
  readonly stride?: number | Shape;
  /** One number, one for each spatial axis, or [low, high] for each. Default 0. */
  readonly padding?: number | Shape | Padding;
  /** Default 1. */
  readonly dilation?: number | Shape;
  /** Default 1. */
  readonly groups?: number;
}

/** One entry for each spatial axis from a number or a list. @throws ShapeError when the list has another length. */
export function perAxis(value: number | Shape, rank: number, what: string): Shape {
  if (typeof value === 'number') return new Array<number>(rank).fill(value);
  if (value.length !== rank)
    throw new ShapeError(`${what} ${formatShape(value)} needs ${rank} entries, one for each spatial axis.`);
  return value;
}

export function paddingPerAxis(padding: number | Shape | Padding, rank: number): Padding {
  if (typeof padding !== 'number' && padding.length > 0 && typeof padding[0] !== 'number') return padding as Padding;
  return perAxis(padding as number | Shape, rank, 'padding').map((extent) => [extent, extent]);
}

export function convAttrs(rank: number, { stride = 1, padding = 0, dilation = 1, groups = 1 }: ConvOptions): ConvAttrs {
  return {
    strides: perAxis(stride, rank, 'stride'),
    padding: paddingPerAxis(padding, rank),
    dilation: perAxis(dilation, rank, 'dilation'),
    groups,
  };
}

/** Cross-correlation of x [N, C, ...spatial] with kernel [O, C / groups, ...window]. */
export const conv = (x: Tensor, kernel: Tensor, options: ConvOptions = {}): Tensor =>
  bind('conv', [x, kernel], convAttrs(x.shape.length - 2, options));

export interface PoolOptions {
  readonly window: number | Shape;
  /** Default: the window. */
  readonly stride?: number | Shape;
  /** Default 0. */
  readonly padding?: number | Shape | Padding;
}

/** Largest element of each window of x [N, C, ...spatial]; the first maximum in row-major order gets the gradient. */
export function maxPool(x: Tensor, { window, stride = window, padding = 0 }: PoolOptions): Tensor {
  const rank = x.shape.length - 2;
  return bind('maxPool', [x], {
    window: perAxis(window, rank, 'window'),
    strides: perAxis(stride, rank, 'stride'),
    padding: paddingPerAxis(padding, rank),
  });
}
