export { DCGAN, type DcganBatch, type DcganOptions, type DcganPrediction } from './dcgan/DCGAN.js';
export type { DcganArchitecture } from './dcgan/DcganArchitecture.js';
export { Discriminator } from './dcgan/Discriminator.js';
export { Generator } from './dcgan/Generator.js';
