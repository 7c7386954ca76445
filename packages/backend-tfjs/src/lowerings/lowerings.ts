import type { LoweringTable } from '@delira/core';
import type { Value } from '../Value.js';
import { batchNorm, batchNormGrad } from './batchNorms.js';
import { add, compare, div, maximum, minimum, mul, pow, select, sub } from './binary.js';
import { conv, convKernelGrad, convTranspose } from './convolutions.js';
import { matmul } from './matmul.js';
import { broadcastTo, concat, oneHot, pad, reshape, slice, transpose } from './moving.js';
import { maxPool, maxPoolGrad } from './pooling.js';
import { argMax, reduceMax, reduceSum } from './reductions.js';
import {
  abs,
  cast,
  erf,
  exp,
  floor,
  leakyRelu,
  leakyStep,
  log,
  neg,
  positive,
  relu,
  sigmoid,
  sqrt,
  stopGradient,
  tanh,
} from './unary.js';

/** Every primitive, in kernels that all engines of tfjs have. */
export const lowerings = {
  abs,
  add,
  argMax,
  batchNorm,
  batchNormGrad,
  broadcastTo,
  cast,
  compare,
  concat,
  conv,
  convKernelGrad,
  convTranspose,
  div,
  erf,
  exp,
  floor,
  leakyRelu,
  leakyStep,
  log,
  matmul,
  maximum,
  maxPool,
  maxPoolGrad,
  minimum,
  mul,
  neg,
  oneHot,
  pad,
  positive,
  pow,
  reduceMax,
  reduceSum,
  relu,
  reshape,
  select,
  sigmoid,
  slice,
  sqrt,
  stopGradient,
  sub,
  tanh,
  transpose,
} as const satisfies LoweringTable<Value>;
