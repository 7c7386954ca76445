export { createSystem, signatureOf } from '../training/createSystem.js';
export { SEED } from '../training/trainHere.js';
export type { ComparedModel, Comparison } from './Comparison.js';
export { models } from './index.js';
export { resnet18On } from './resnet18.js';
export { vgg3dOn } from './vgg3d.js';
