export {
  ELU,
  GELU,
  HardSigmoid,
  LeakyReLU,
  LogSigmoid,
  LogSoftmax,
  ReLU,
  Sigmoid,
  SiLU,
  Softmax,
  Softplus,
  Tanh,
} from './activations/activations.js';
export { elu, gelu, hardSigmoid, leakyRelu, logSigmoid, silu } from './activations/functions.js';
export { PReLU } from './activations/PReLU.js';
export { dcganScale, dcganWeight } from './initializers/dcgan.js';
export { type Fans, fansOf } from './initializers/fansOf.js';
export { filled } from './initializers/filled.js';
export { gainOf, type Nonlinearity } from './initializers/gainOf.js';
export { kaimingNormal, type KaimingOptions, kaimingUniform } from './initializers/kaiming.js';
export { defaultBias, defaultWeight } from './initializers/layerDefaults.js';
export { normal } from './initializers/normal.js';
export { truncatedNormal, type TruncatedNormalOptions } from './initializers/truncatedNormal.js';
export { uniform } from './initializers/uniform.js';
export { xavierNormal, xavierUniform } from './initializers/xavier.js';
export { AdaptiveAveragePool, GlobalAveragePool } from './layers/AdaptiveAveragePool.js';
export { AdaptiveMaxPool } from './layers/AdaptiveMaxPool.js';
export { AveragePool, type AveragePoolOptions } from './layers/AveragePool.js';
export { BatchNorm, BatchNorm1d, BatchNorm2d, BatchNorm3d, type BatchNormOptions } from './layers/BatchNorm.js';
export { Conv, Conv1d, Conv2d, Conv3d, type ConvLayerOptions } from './layers/Conv.js';
export {
  ConvTranspose,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  type ConvTransposeLayerOptions,
} from './layers/ConvTranspose.js';
export { ChannelDropout, Dropout } from './layers/Dropout.js';
export { Flatten } from './layers/Flatten.js';
export { GroupNorm, type GroupNormOptions } from './layers/GroupNorm.js';
export { Identity } from './layers/Identity.js';
export { InstanceNorm, type InstanceNormOptions } from './layers/InstanceNorm.js';
export { interpolateLinear, type InterpolateLinearOptions } from './layers/interpolateLinear.js';
export type { Layer } from './layers/Layer.js';
export { LayerNorm, type LayerNormOptions } from './layers/LayerNorm.js';
export { Linear, type LinearOptions } from './layers/Linear.js';
export { MaxPool } from './layers/MaxPool.js';
export { Sequential } from './layers/Sequential.js';
export { UpsampleLinear } from './layers/UpsampleLinear.js';
export { UpsampleNearest } from './layers/UpsampleNearest.js';
export {
  bceWithLogits,
  bceWithLogitsLoss,
  type BceWithLogitsOptions,
  binaryCrossEntropy,
  binaryCrossEntropyLoss,
  type BinaryCrossEntropyOptions,
} from './losses/binaryCrossEntropy.js';
export { binaryFocal, binaryFocalLoss, type FocalOptions } from './losses/binaryFocal.js';
export { crossEntropy, crossEntropyLoss, type CrossEntropyOptions } from './losses/crossEntropy.js';
export { diceCrossEntropy, diceCrossEntropyLoss, type DiceCrossEntropyOptions } from './losses/diceCrossEntropy.js';
export { multiclassFocal, multiclassFocalLoss, type MulticlassFocalOptions } from './losses/multiclassFocal.js';
export { type Entries, type LossKeys, namedLoss, type NamedLoss } from './losses/NamedLoss.js';
export type { LabelWeightOptions } from './losses/labelScores.js';
export type { OverlapOptions } from './losses/overlaps.js';
export type { Reduction } from './losses/reduce.js';
export {
  huber,
  huberLoss,
  type HuberOptions,
  l1,
  l1Loss,
  mse,
  mseLoss,
  type RegressionOptions,
  smoothL1,
  smoothL1Loss,
  type SmoothL1Options,
} from './losses/regression.js';
export { scaleLoss } from './losses/scaleLoss.js';
export { softDice, softDiceLoss, type SoftDiceOptions } from './losses/softDice.js';
export { tversky, tverskyLoss, type TverskyOptions } from './losses/tversky.js';
export { freeze, thaw } from './weights/freeze.js';
export { type MatchedWeights, matchWeights, type MatchWeightsOptions } from './weights/matchWeights.js';
export { type WeightMismatch, WeightsError } from './weights/WeightsError.js';
