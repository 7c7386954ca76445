export { type Activation } from './activate.js';
export { type AveragedOptions } from './averaged.js';
export { importanceMap, type ImportanceOptions } from './importanceMap.js';
export { networkModel, type NetworkModelOptions } from './networkModel.js';
export { type PredictFunction, type PredictionModel } from './PredictionModel.js';
export { type Prediction, type PredictOptions, Predictor, type PredictorOptions } from './Predictor.js';
export { type Progress, slidingWindow, type WindowOptions } from './slidingWindow.js';
export { toLabels } from './toLabels.js';
export { windowStarts } from './windowStarts.js';
