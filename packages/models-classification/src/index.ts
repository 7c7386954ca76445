export {
  type ClassificationBatch,
  type ClassificationConfig,
  ClassificationNetwork,
  type ClassificationOptions,
  type ClassificationPrediction,
} from './ClassificationNetwork.js';
export { BasicBlock } from './resnet/BasicBlock.js';
export { ResNet18, type ResNet18Options } from './resnet/ResNet18.js';
