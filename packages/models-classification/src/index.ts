export {
  type ClassificationBatch,
  type ClassificationConfig,
  ClassificationNetwork,
  type ClassificationOptions,
  type ClassificationPrediction,
} from './ClassificationNetwork.js';
export { BasicBlock } from './resnet/BasicBlock.js';
export { ResNet18, type ResNet18Config, type ResNet18Options } from './resnet/ResNet18.js';
export type { SpatialDims } from './spatialLayers.js';
export { VGG3D, type VGG3DConfig, type VGG3DOptions } from './vgg/VGG3D.js';
