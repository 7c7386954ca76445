export {
  type SegmentationBatch,
  type SegmentationConfig,
  SegmentationNetwork,
  type SegmentationOptions,
  type SegmentationPrediction,
} from './SegmentationNetwork.js';
export type { MergeMode, NormKind, UpMode } from './unet/BlockOptions.js';
export { deepSupervisionWeights } from './unet/deepSupervision.js';
export { DownConv } from './unet/DownConv.js';
export { UNet, type UNetConfig, type UNetOptions } from './unet/UNet.js';
export { UNet2d } from './unet/UNet2d.js';
export { UNet3d } from './unet/UNet3d.js';
export { UpConv, type UpConvOptions } from './unet/UpConv.js';
