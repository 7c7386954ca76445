export type { Callback, Hook, RunView } from './Callback.js';
export { CheckpointMismatchError, NonFiniteLossError } from './errors.js';
export { StepsPerCall } from './StepsPerCall.js';
export { type FitOptions, type FitResult, type Loaders, Trainer } from './Trainer.js';
export {
  loadTrainerCheckpoint,
  type RunPosition,
  saveTrainerCheckpoint,
  type TrainerCheckpoint,
} from './TrainerCheckpoint.js';
export type { Timings, TrainerOptions } from './TrainerOptions.js';
