export { checkBatch, type InputSpec } from './InputSpec.js';
export type { Json } from './Json.js';
export { Network, type TensorsOf } from './Network.js';
export type { Optimizer, OptimizerParam, Slot, UpdateContext } from './Optimizer.js';
export type { Gradients, Loss, Step } from './Step.js';
export { trace } from './trace.js';
export { type BatchSignature, type SystemOptions, TrainableSystem } from './TrainableSystem.js';
