import type { DType, Shape } from '../ndarray/index.js';

/** Low and high padding of each spatial axis. */
export type Padding = readonly (readonly [low: number, high: number])[];

export interface ConvAttrs {
  readonly strides: Shape;
  readonly padding: Padding;
  readonly dilation: Shape;
  readonly groups: number;
}

export interface PoolAttrs {
  readonly window: Shape;
  readonly strides: Shape;
  readonly padding: Padding;
}

export interface NormAttrs {
  readonly epsilon: number;
  /** Number of groups of neighbouring channels that share their statistics. Default: each channel has its own. */
  readonly groups?: number;
}

/** Attributes without fields. */
export type NoAttrs = Readonly<Record<never, never>>;

/**
 * The single list of primitives and their attributes: every dispatch table is a mapped type over it, so the compiler says what is
 * missing when one is added.
 */
export interface Primitives {
  // elementwise, one operand
  neg: NoAttrs;
  exp: NoAttrs;
  log: NoAttrs;
  sqrt: NoAttrs;
  abs: NoAttrs;
  tanh: NoAttrs;
  sigmoid: NoAttrs;
  erf: NoAttrs;
  floor: NoAttrs;
  relu: NoAttrs;
  positive: NoAttrs;
  leakyRelu: { readonly slope: number };
  leakyStep: { readonly slope: number };
  cast: { readonly dtype: DType };
  stopGradient: NoAttrs;
  // elementwise, broadcasting operands
  add: NoAttrs;
  sub: NoAttrs;
  mul: NoAttrs;
  div: NoAttrs;
  maximum: NoAttrs;
  minimum: NoAttrs;
  pow: NoAttrs;
  compare: { readonly op: 'lt' | 'le' | 'eq' };
  select: NoAttrs;
  // moving data
  reshape: { readonly shape: Shape };
  transpose: { readonly perm: Shape };
  broadcastTo: { readonly shape: Shape };
  concat: { readonly axis: number };
  slice: { readonly start: Shape; readonly size: Shape };
  pad: { readonly padding: Padding };
  oneHot: { readonly depth: number; readonly dtype: DType };
  // reductions and products
  reduceSum: { readonly axes: Shape };
  reduceMax: { readonly axes: Shape };
  argMax: { readonly axis: number };
  matmul: NoAttrs;
  // windows
  conv: ConvAttrs;
  convTranspose: ConvAttrs & { readonly spatial: Shape };
  convKernelGrad: ConvAttrs & { readonly kernel: Shape };
  maxPool: PoolAttrs;
  maxPoolGrad: PoolAttrs;
  // composites with a lowering of their own, because the composition is measurably slow
  batchNorm: NormAttrs;
  batchNormGrad: NormAttrs;
}

export type PrimitiveName = keyof Primitives;
