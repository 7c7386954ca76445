export { descriptionPath } from './description/descriptionPath.js';
export { crc32 } from './description/crc32.js';
export type { ModelDescription, TensorDescription } from './description/ModelDescription.js';
export { DESCRIPTION_LIMIT, parseDescription } from './description/parseDescription.js';
export { preprocess, type PreprocessingStep } from './description/preprocess.js';
export { exportModel, type ExportOptions } from './export/exportModel.js';
export { exportNetwork, type ExportedNetwork, type ExportNetworkOptions } from './export/exportNetwork.js';
export { predictionModel } from './export/predictionModel.js';
export { chooseFlavour, type FlavourChoice, type FlavourEngine, type FlavourName } from './flavour/chooseFlavour.js';
export { type Flavour } from './lowering/Flavour.js';
export { GraphBuilder, type NodeOptions, type OnnxValue } from './lowering/GraphBuilder.js';
export { inputName } from './lowering/lowerWithTable.js';
export { stateInputName, stepsModel, type StepsModelOptions, stepsNames } from './lowering/stepsModel.js';
export {
  type LoweredProgram,
  type LoweredState,
  plainLayout,
  type StateLayout,
  type StatePart,
  type WriteGuard,
} from './lowering/LoweredProgram.js';
export type { OnnxLowering, OnnxLoweringTable } from './lowering/OnnxLowering.js';
export * from './model/OnnxModel.js';
export { writeModel } from './model/writeModel.js';
export { portableFlavour } from './portable/portableFlavour.js';
export { portableLowerings } from './portable/portableLowerings.js';
export { blockSizes, interpretProbe, makeProbe, type Probe } from './tuned/probe.js';
export type { BlockSize } from './tuned/Layout.js';
export { tunedFlavour } from './tuned/tunedFlavour.js';
