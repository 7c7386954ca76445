export { type IndexSource } from './IndexSource.js';
export { RandomSampler, type RandomSamplerOptions } from './RandomSampler.js';
export { type Sampler } from './Sampler.js';
export { SequentialSampler } from './SequentialSampler.js';
