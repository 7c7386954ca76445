import { DeliraError, type MemoryEstimate } from '@delira/core';

/** A loss, or a parameter after an update, became NaN or infinite. The trainer's state is that of the last good step. */
export class NonFiniteLossError extends DeliraError {
  constructor(
    message: string,
    /** Name of the output, or of the parameter, that is not finite. */
    readonly output: string,
    /** Global step whose batch gave it, from 0. */
    readonly step: number,
    /** Indices of that batch's samples in the training dataset. */
    readonly indices: readonly number[],
    /** Checkpoint of the last good state; null when nothing is saved. */
    readonly checkpoint: string | null,
    options?: { readonly cause?: unknown },
  ) {
    super('NON_FINITE_LOSS', message, options);
  }
}

/** A checkpoint is whole but does not fit the trainer it was given to. Nothing was changed. */
export class CheckpointMismatchError extends DeliraError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('CHECKPOINT_MISMATCH', message, options);
  }
}

/** What is to be compiled cannot run in the memory there is. Nothing was changed. */
export class MemoryLimitError extends DeliraError {
  constructor(
    message: string,
    readonly estimate: MemoryEstimate,
    /** In bytes. */
    readonly limit: number,
    options?: { readonly cause?: unknown },
  ) {
    super('MEMORY_LIMIT', message, options);
  }
}

/** What is wrong with a run's folder: another process works on it, it holds a run already, or none, or one that this program cannot go on with. */
export type RunFolderProblem = 'locked' | 'occupied' | 'missing' | 'version' | 'foreign' | 'different';

/** A run's folder is not what it would have to be. Nothing in it was changed. */
export class RunFolderError extends DeliraError {
  constructor(
    message: string,
    readonly folder: string,
    readonly problem: RunFolderProblem,
    options?: { readonly cause?: unknown },
  ) {
    super('RUN_FOLDER', message, options);
  }
}

/** A metric threw. The step's weights are kept, and so is the position: the training can be resumed. */
export class MetricError extends DeliraError {
  constructor(
    message: string,
    readonly metric: string,
    /** Indices of the batch's samples in the loader's dataset; empty when it failed in its result. */
    readonly indices: readonly number[],
    options?: { readonly cause?: unknown },
  ) {
    super('METRIC', message, options);
  }
}
