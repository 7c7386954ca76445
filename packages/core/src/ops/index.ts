export * from './ops.js';
export { drawNoise } from './drawNoise.js';
export { noise } from './noise.js';
