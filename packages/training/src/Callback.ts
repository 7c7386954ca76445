/** What a callback sees and may do. */
export interface RunView {
  /** Epoch in progress, from 0. */
  readonly epoch: number;
  /** Steps done so far. */
  readonly step: number;
  /** Cross-validation fold, or null. */
  readonly fold: number | null;
  /** The newest values: a step's outputs at `onBatchEnd`, the epoch's means and metrics (validation's with `val_`) at `onEpochEnd`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Values set here override schedules from the next call of the engine on, such as `run.hyper['default.lr'] = 1e-4`. */
  readonly hyper: Record<string, number>;
  /** Ends the training after the current call of the engine. */
  stop(reason: string): void;
  /** Saves a checkpoint of the current state. */
  save(path: string): Promise<void>;
}

export type Hook = (run: RunView) => void | Promise<void>;

/**
 * Points in a training where user code runs. Several steps go into one call of the engine, so `onBatchEnd` runs for each of them after
 * the call.
 */
export interface Callback {
  readonly onTrainBegin?: Hook;
  readonly onEpochBegin?: Hook;
  readonly onBatchEnd?: Hook;
  readonly onEpochEnd?: Hook;
  readonly onTrainEnd?: Hook;
}
