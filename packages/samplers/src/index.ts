export { BatchSampler, type BatchSamplerOptions } from './BatchSampler.js';
export { type IndexSource } from './IndexSource.js';
export { type LabelKeyOptions, type LabelSource } from './LabelSource.js';
export { type Draw, LambdaSampler, type LambdaSamplerOptions } from './LambdaSampler.js';
export { PrevalenceRandomSampler } from './prevalence/PrevalenceRandomSampler.js';
export { PrevalenceSampler, type PrevalenceSamplerOptions } from './prevalence/PrevalenceSampler.js';
export { PrevalenceSequentialSampler } from './prevalence/PrevalenceSequentialSampler.js';
export { StoppingPrevalenceRandomSampler } from './prevalence/StoppingPrevalenceRandomSampler.js';
export { StoppingPrevalenceSequentialSampler } from './prevalence/StoppingPrevalenceSequentialSampler.js';
export {
  WeightedPrevalenceRandomSampler,
  type WeightedPrevalenceRandomSamplerOptions,
} from './prevalence/WeightedPrevalenceRandomSampler.js';
export { RandomSampler, type RandomSamplerOptions } from './RandomSampler.js';
export { type Sampler } from './Sampler.js';
export { SequentialSampler } from './SequentialSampler.js';
export { WeightedRandomSampler, type WeightedRandomSamplerOptions } from './WeightedRandomSampler.js';
