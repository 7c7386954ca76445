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
export {
  balancedAccuracy,
  type ClassScoreOptions,
  f1,
  fBeta,
  type FBetaOptions,
  matthewsCorrelation,
  precision,
  recall,
} from './confusionScores.js';
export { auroc, averagePrecision, type RankingOptions, type RankingState } from './rankingScores.js';
export {
  meanAbsoluteError,
  meanSquaredError,
  type MeanState,
  psnr,
  type PsnrOptions,
  type RegressionScoreOptions,
  ssim,
} from './regressionScores.js';
export { type SsimOptions } from './structuralSimilarity.js';
export {
  averageSurfaceDistance,
  hausdorffDistance,
  surfaceDice,
  type SurfaceOptions,
  surfaceScores,
  type SurfaceScores,
  type SurfaceState,
} from './surfaceScores.js';
