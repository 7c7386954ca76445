export type { Callback, ErrorHook, Hook, RunView, StopOptions } from './Callback.js';
export { EarlyStopping, type EarlyStoppingOptions } from './callbacks/EarlyStopping.js';
export type { MonitoredOptions } from './callbacks/Monitored.js';
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from './callbacks/ReduceLROnPlateau.js';
export { TimeLimit, type TimeLimitOptions } from './callbacks/TimeLimit.js';
export {
  CheckpointMismatchError,
  MemoryLimitError,
  MetricError,
  NonFiniteLossError,
  RunFolderError,
  type RunFolderProblem,
} from './errors.js';
export type { Environment } from './experiment/describeEnvironment.js';
export { Experiment } from './experiment/Experiment.js';
export type {
  BuiltTrainer,
  ExperimentOptions,
  FoldPrediction,
  FoldResult,
  KFoldOptions,
  KFoldPredictOptions,
  KFoldResult,
  LoaderContext,
  LoadOptions,
  ResumeOptions,
  Role,
  RunDatasets,
  RunResult,
  StateOptions,
} from './experiment/ExperimentOptions.js';
export { holdsTraining } from './experiment/holdsTraining.js';
export { kfoldIndices, type KFoldIndicesOptions, stratifiedKfoldIndices } from './experiment/kfoldIndices.js';
export { type KFoldTask, type Manifest, readManifest, type Task } from './experiment/Manifest.js';
export type { Split, SplitOptions } from './experiment/splitDataset.js';
export type { Summary } from './experiment/summarize.js';
export type { LearningRateFinderOptions, LearningRates } from './LearningRateFinder.js';
export type { Monitor } from './Monitor.js';
export type { LoaderShape, RunPosition, SavedPosition } from './RunPosition.js';
export type { ScalarSums } from './ScalarMeans.js';
export { StepsPerCall } from './StepsPerCall.js';
export { Trainer } from './Trainer.js';
export {
  type CheckpointOptions,
  type ExpectedRun,
  loadTrainerCheckpoint,
  saveTrainerCheckpoint,
  type TrainerCheckpoint,
} from './TrainerCheckpoint.js';
export type {
  EvaluatedBatch,
  EvaluateOptions,
  EvaluationWindows,
  FitOptions,
  FitResult,
  Loaders,
  RestoreOptions,
  Timings,
  TrainerOptions,
} from './TrainerOptions.js';
