export { Augmentation, type Augmented } from './Augmentation.js';
export { Compose } from './compose/Compose.js';
export { OneOf, type OneOfOptions, type OneOfParameters } from './compose/OneOf.js';
export { RandomApply, type RandomApplyOptions } from './compose/RandomApply.js';
export type { EntryOptions, ImageOptions } from './entries/EntryOptions.js';
export type { ChannelOptions, ChannelParameters } from './entries/perChannel.js';
export type { Range } from './entries/Range.js';
export { Brightness, type BrightnessOptions, type BrightnessParameters } from './intensity/Brightness.js';
export { Contrast, type ContrastOptions } from './intensity/Contrast.js';
export { Gamma, type GammaOptions } from './intensity/Gamma.js';
export { GaussianBlur, type GaussianBlurOptions } from './intensity/GaussianBlur.js';
export { GaussianNoise, type GaussianNoiseOptions, type NoiseParameters } from './intensity/GaussianNoise.js';
export { SimulateLowResolution, type SimulateLowResolutionOptions } from './intensity/SimulateLowResolution.js';
export type { PaddingMode } from './kernels/axisTables.js';
export type { ControlGrid } from './kernels/ControlGrid.js';
export type { Alignment } from './kernels/resizeChannels.js';
export { MeanStdNormalization, type MeanStdNormalizationOptions } from './normalisation/MeanStdNormalization.js';
export { MinMaxNormalization, type MinMaxNormalizationOptions } from './normalisation/MinMaxNormalization.js';
export { type Bounds, PercentileClip, type PercentileClipOptions } from './normalisation/PercentileClip.js';
export type { Standard } from './normalisation/standardise.js';
export { ZScoreNormalization, type ZScoreNormalizationOptions } from './normalisation/ZScoreNormalization.js';
export { OneHot, type OneHotOptions } from './OneHot.js';
export { CenterCrop, type CenterCropOptions } from './spatial/CenterCrop.js';
export type { FillOptions, WindowParameters } from './spatial/cutWindow.js';
export { Mirror, type MirrorOptions, type MirrorParameters } from './spatial/Mirror.js';
export { Pad, type PadOptions } from './spatial/Pad.js';
export { RandomCrop, type RandomCropOptions } from './spatial/RandomCrop.js';
export {
  type ForegroundParameters,
  RandomForegroundCrop,
  type RandomForegroundCropOptions,
} from './spatial/RandomForegroundCrop.js';
export { Resize, type ResizeOptions, type ResizeParameters } from './spatial/Resize.js';
export {
  type ElasticOptions,
  type SpatialParameters,
  SpatialTransform,
  type SpatialTransformOptions,
} from './spatial/SpatialTransform.js';
export { toTransform, type ToTransformOptions } from './toTransform.js';
export { TransformError } from './TransformError.js';
