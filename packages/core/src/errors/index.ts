export * from './errors.js';
export { Registry } from './Registry.js';
export { didYouMean } from './didYouMean.js';
