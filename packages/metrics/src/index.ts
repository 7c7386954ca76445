export { accuracy, type AccuracyOptions, type AccuracyState } from './accuracy.js';
export {
  confusionMatrix,
  type ConfusionMatrix,
  type ConfusionMatrixOptions,
  type ConfusionMatrixState,
} from './ConfusionMatrix.js';
export { formatConfusionMatrix } from './formatConfusionMatrix.js';
export { type Accumulator, type Metric } from './Metric.js';
export {
  dice,
  iou,
  type OverlapOptions,
  type OverlapScores,
  overlapScores,
  type OverlapState,
} from './overlapScores.js';
