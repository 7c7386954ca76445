import { tunedBatchNorm, tunedBatchNormGrad } from './batchNorm.js';
import { tunedConv } from './conv.js';
import { tunedConvKernelGrad } from './convKernelGrad.js';
import { tunedConvTranspose } from './convTranspose.js';
import { tunedMaxPool, tunedMaxPoolGrad } from './maxPool.js';
import { tunedBroadcastTo, tunedConcat, tunedReduceSum, tunedReshape, tunedSlice } from './movement.js';
import type { TunedLoweringTable } from './TunedStep.js';

/** Primitives with a form on blocked layouts; elementwise ones follow the layout of their class. */
export const tunedLowerings: TunedLoweringTable = {
  batchNorm: tunedBatchNorm,
  batchNormGrad: tunedBatchNormGrad,
  broadcastTo: tunedBroadcastTo,
  concat: tunedConcat,
  conv: tunedConv,
  convKernelGrad: tunedConvKernelGrad,
  convTranspose: tunedConvTranspose,
  maxPool: tunedMaxPool,
  maxPoolGrad: tunedMaxPoolGrad,
  reduceSum: tunedReduceSum,
  reshape: tunedReshape,
  slice: tunedSlice,
};
