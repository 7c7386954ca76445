export type { Callback, Hook, RunView } from './Callback.js';
export { EarlyStopping, type EarlyStoppingOptions } from './callbacks/EarlyStopping.js';
export type { MonitoredOptions } from './callbacks/Monitored.js';
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from './callbacks/ReduceLROnPlateau.js';
export { TimeLimit, type TimeLimitOptions } from './callbacks/TimeLimit.js';
export { CheckpointMismatchError, MemoryLimitError, NonFiniteLossError } from './errors.js';
export type { Monitor } from './Monitor.js';
export type { LoaderShape, RunPosition } from './RunPosition.js';
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
export type { FitOptions, FitResult, Loaders, Timings, TrainerOptions } from './TrainerOptions.js';
