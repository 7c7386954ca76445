export { type Flavour } from './lowering/Flavour.js';
export { GraphBuilder, type NodeOptions, type OnnxValue } from './lowering/GraphBuilder.js';
export { loopModel, loopNames, stateInputName } from './lowering/loopModel.js';
export { type LoweredProgram, type LoweredState, plainLayout, type StateLayout } from './lowering/LoweredProgram.js';
export type { OnnxLowering, OnnxLoweringTable } from './lowering/OnnxLowering.js';
export * from './model/OnnxModel.js';
export { writeModel } from './model/writeModel.js';
export { portableFlavour } from './portable/portableFlavour.js';
export { portableLowerings } from './portable/portableLowerings.js';
