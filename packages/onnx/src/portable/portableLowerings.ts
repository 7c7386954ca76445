import type { OnnxLoweringTable } from '../lowering/OnnxLowering.js';
import { lowerConv, lowerConvKernelGrad, lowerConvTranspose } from './conv.js';
import {
  lowerCast,
  lowerCompare,
  lowerLeakyRelu,
  lowerLeakyStep,
  lowerOneHot,
  lowerPositive,
  lowerPow,
  lowerSelect,
  lowerStopGradient,
  operator,
} from './elementwise.js';
import { lowerMaxPool } from './maxPool.js';
import { lowerMaxPoolGrad } from './maxPoolGrad.js';
import { lowerBroadcastTo, lowerConcat, lowerPad, lowerReshape, lowerSlice, lowerTranspose } from './movement.js';
import { lowerArgMax, lowerMatmul, lowerReduceMax, lowerReduceSum } from './reduction.js';

/** Every primitive in standard ONNX operators: runs on every provider, passes the checker, opens in any viewer. */
export const portableLowerings: OnnxLoweringTable = {
  abs: operator('Abs'),
  add: operator('Add'),
  argMax: lowerArgMax,
  batchNorm: 'decompose',
  batchNormGrad: 'decompose',
  broadcastTo: lowerBroadcastTo,
  cast: lowerCast,
  compare: lowerCompare,
  concat: lowerConcat,
  conv: lowerConv,
  convKernelGrad: lowerConvKernelGrad,
  convTranspose: lowerConvTranspose,
  div: operator('Div'),
  erf: operator('Erf'),
  exp: operator('Exp'),
  floor: operator('Floor'),
  leakyRelu: lowerLeakyRelu,
  leakyStep: lowerLeakyStep,
  log: operator('Log'),
  matmul: lowerMatmul,
  maximum: operator('Max'),
  maxPool: lowerMaxPool,
  maxPoolGrad: lowerMaxPoolGrad,
  minimum: operator('Min'),
  mul: operator('Mul'),
  neg: operator('Neg'),
  oneHot: lowerOneHot,
  pad: lowerPad,
  positive: (graph, [x]) => [lowerPositive(graph, x!)],
  pow: lowerPow,
  reduceMax: lowerReduceMax,
  reduceSum: lowerReduceSum,
  relu: operator('Relu'),
  reshape: lowerReshape,
  select: lowerSelect,
  sigmoid: operator('Sigmoid'),
  slice: lowerSlice,
  sqrt: operator('Sqrt'),
  stopGradient: lowerStopGradient,
  sub: operator('Sub'),
  tanh: operator('Tanh'),
  transpose: lowerTranspose,
};
