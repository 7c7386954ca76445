import type { PrimitiveTable } from './Primitive.js';
import { abs } from './abs.js';
import { add } from './add.js';
import { argMax } from './argMax.js';
import { batchNorm } from './batchNorm.js';
import { batchNormGrad } from './batchNormGrad.js';
import { broadcastTo } from './broadcastTo.js';
import { cast } from './cast.js';
import { compare } from './compare.js';
import { concat } from './concat.js';
import { conv } from './conv.js';
import { convKernelGrad } from './convKernelGrad.js';
import { convTranspose } from './convTranspose.js';
import { div } from './div.js';
import { erf } from './erf.js';
import { exp } from './exp.js';
import { floor } from './floor.js';
import { leakyRelu } from './leakyRelu.js';
import { leakyStep } from './leakyStep.js';
import { log } from './log.js';
import { matmul } from './matmul.js';
import { maximum } from './maximum.js';
import { maxPool } from './maxPool.js';
import { maxPoolGrad } from './maxPoolGrad.js';
import { minimum } from './minimum.js';
import { mul } from './mul.js';
import { neg } from './neg.js';
import { oneHot } from './oneHot.js';
import { pad } from './pad.js';
import { positive } from './positive.js';
import { pow } from './pow.js';
import { reduceMax } from './reduceMax.js';
import { reduceSum } from './reduceSum.js';
import { relu } from './relu.js';
import { reshape } from './reshape.js';
import { select } from './select.js';
import { sigmoid } from './sigmoid.js';
import { slice } from './slice.js';
import { sqrt } from './sqrt.js';
import { stopGradient } from './stopGradient.js';
import { sub } from './sub.js';
import { tanh } from './tanh.js';
import { transpose } from './transpose.js';

/** Every primitive by name. */
export const primitives: PrimitiveTable = {
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
};
