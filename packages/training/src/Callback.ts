import type { Json, NDArray } from '@delira/core';
import type { Monitor } from './Monitor.js';

export interface StopOptions {
  readonly finished?: boolean;
}

/** What a callback sees and may do. */
export interface RunView {
  /** Epoch in progress, from 0; at `onEpochEnd` the one that ends, at `onTrainEnd` the number of finished epochs. */
  readonly epoch: number;
  /** Epochs in all, those before a resume included. */
  readonly epochs: number;
  /** Steps done so far; at `onBatchEnd` the batch's own is the last of them. */
  readonly step: number;
  /** Cross-validation fold, or null. */
  readonly fold: number | null;
  /** Folder of the run's checkpoints, or null. */
  readonly savePath: string | null;
  /** The newest values: a step's outputs at `onBatchEnd`, else the last finished epoch's means and metrics (validation's with `val_`). */
  readonly metrics: Readonly<Record<string, number>>;
  /** The values of every finished epoch. A callback that decides from them alone decides the same after a resume. */
  readonly history: readonly Readonly<Record<string, number>>[];
  /** What the run's best checkpoint is best in. */
  readonly monitor: Monitor;
  /** Which way a value such as `'val_accuracy'` gets better: as its metric says, and a loss when it gets lower. */
  better(name: string): Monitor['better'];
  /**
   * Values of the next step. One that is set here, such as `run.hyper['default.lr'] = 1e-4`, replaces its schedule from then on, also
   * after a resume; `delete run.hyper['default.lr']` gives it back. Nothing is compiled again.
   *
   * Setting one at `onBatchEnd` needs `stepsPerCall: 1`: otherwise it would act from a step that depends on how many go into a call.
   */
  readonly hyper: Record<string, number>;
  /** Why the training is to end early, or null. */
  readonly stopped: string | null;
  /**
   * Ends the training after the current call of the engine; the first reason given counts.
   *
   * @param options.finished whether nothing is left to do, as after early stopping: a cross-validation then goes on with the next fold.
   * Default false: the training is interrupted, to be resumed.
   */
  stop(reason: string, options?: StopOptions): void;
  /**
   * Saves a checkpoint of the current state. At `onBatchEnd` that is the state after the current call of the engine. Hooks that come
   * later at the same point have not run in it.
   */
  save(path: string): Promise<void>;
  /** The network's variables and, as `optimizer.<group>.<slot>`, the optimizers', after the current call of the engine. */
  variables(): Promise<ReadonlyMap<string, NDArray>>;
}

export type Hook = (run: RunView) => void | Promise<void>;

/** As far as `onError` sees it. */
export type ErrorHook = (run: RunView, error: unknown) => void | Promise<void>;

/**
 * Points in a training where user code runs, in the order of the trainer's list. Several steps go into one call of the engine, so
 * `onBatchEnd` runs for each of them after the call. What a hook throws ends the training; the state before it is saved.
 */
export interface Callback {
  readonly onTrainBegin?: Hook;
  /** Not when a run resumes in the middle of an epoch. */
  readonly onEpochBegin?: Hook;
  /** For each step of a call, before the call. */
  readonly onBatchBegin?: Hook;
  readonly onBatchEnd?: Hook;
  readonly onValidationBegin?: Hook;
  /** `metrics` are the validation's, with `val_`. Not when it was interrupted: a resumed run validates again. */
  readonly onValidationEnd?: Hook;
  readonly onEpochEnd?: Hook;
  /** After a checkpoint was saved in the run's folder. */
  readonly onSave?: Hook;
  /** Also when the training was stopped; not when it failed. */
  readonly onTrainEnd?: Hook;
  /** When the training failed, after its state was saved. What it throws itself is logged. */
  readonly onError?: ErrorHook;
  /**
   * Values of an epoch that it reads, such as `'val_loss'`. One that there is not is an error before the first step, which lists what there
   * is.
   */
  readonly monitors?: (run: RunView) => readonly string[];
  /** What it must remember beside the run's history: JSON, saved in every checkpoint. */
  readonly state?: () => Json;
  /** Given that again when a checkpoint is restored. */
  readonly restore?: (state: Json) => void;
}
