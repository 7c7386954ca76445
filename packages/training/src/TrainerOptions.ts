import type { Backend, Loss, Network, Optimizer, Sample, TensorsOf } from '@delira/core';
import type { Loader } from '@delira/data-loading';
import type { FileSystem } from '@delira/io';
import type { Logger, ProgressBar } from '@delira/logging';
import type { Metric } from '@delira/metrics';
import type { Schedule } from '@delira/optim';
import type { WindowOptions } from '@delira/prediction';
import type { Callback } from './Callback.js';
import type { Monitor } from './Monitor.js';

export interface TrainerOptions<B extends TensorsOf<B>, P extends TensorsOf<P>> {
  readonly network: Network<B, P>;
  readonly backend: Backend;
  /** One for each of the network's groups; most networks have the group `'default'`. */
  readonly optimizers: Readonly<Record<string, Optimizer>>;
  /** Summed with weight 1 by the default step. The sum is logged as `loss`, and of several losses each mean by name. */
  readonly losses: Readonly<Record<string, Loss<B, P>>>;
  /** Computed over each epoch's training batches and over the validation set. */
  readonly metrics?: readonly Metric[];
  /**
   * Value of a hyper such as `'default.lr'` for each update, or `perEpoch` epoch, counted from 0; hypers without one keep the optimizer's default. A scalar
   * that the network reads with `step.hyper(name)` gets its value here too, for each step.
   */
  readonly schedules?: Readonly<Record<string, Schedule>>;
  readonly callbacks?: readonly Callback[];
  /** Seed of initialisation and noise; default 0. Loaders and samplers have their own. */
  readonly seed?: number;
  /** Cross-validation fold, for logs and callbacks; default null. */
  readonly fold?: number | null;
  readonly logger?: Logger;
  /** Default: a bar on the standard error stream; `false` for none. */
  readonly progress?: ProgressBar | false;
  /** Steps in one call of the engine; default `'auto'`: as many as keep a call below a tenth of a second. Results do not depend on it. */
  readonly stepsPerCall?: number | 'auto';
  /**
   * Bytes this process may have. What surely needs more is refused before it is compiled. Default: the container's limit, or else the
   * machine's memory; Infinity for none, as where an engine computes in memory of its own.
   */
  readonly memoryLimit?: number;
  /** Folder of `last.safetensors` and `best.safetensors`; without one nothing is saved. */
  readonly savePath?: string;
  /** Epochs between two checkpoints; default 1. The last epoch is always saved. */
  readonly saveFrequency?: number;
  /**
   * Of how many of the saved epochs a checkpoint of its own stays, `epoch-0003.safetensors` after three epochs, beside the last and the best;
   * default 0.
   */
  readonly keep?: number;
  /**
   * What happens when a checkpoint cannot be saved: `'stop'` ends the training with the error, `'continue'` logs it and goes on; the last one, at
   * the end, must be saved. Default `'stop'`. Earlier checkpoints stay whole either way.
   */
  readonly onSaveError?: 'stop' | 'continue';
  /** What `best.safetensors` is best in; default: the first metric on the validation set, without metrics its loss. */
  readonly monitor?: Monitor;
  /**
   * How samples are predicted that are too large for one pass, such as volumes: window by window. In `validation` of `fit`, in `evaluation` by
   * `evaluate` and `accumulate`, or in both; default: batches as the loader gives them. Of windows there are metrics and no losses.
   */
  readonly windows?: { readonly validation?: EvaluationWindows; readonly evaluation?: EvaluationWindows };
  /** Through which checkpoints are read and written; default: the disk. For tests and unusual storage. */
  readonly fileSystem?: FileSystem;
}

/**
 * Predictions as `Predictor` of `@delira/prediction` makes them of a batch's `data`: the weighted means of softmax probabilities over windows, mirrored
 * if wished. Metrics get their logarithms as `pred`: softmax of those are the probabilities.
 */
export interface EvaluationWindows extends WindowOptions {
  /** Spatial axes, counted from 0, that windows are mirrored along: all combinations are predicted. Default none. */
  readonly mirrorAxes?: readonly number[];
}

export interface Loaders {
  /** A last batch that is smaller than the others is left out of training. */
  readonly train: Loader;
  readonly val?: Loader;
}

export interface FitOptions {
  /** Epochs in all, those before a resume included. */
  readonly epochs: number;
  /** Checkpoint to go on from. */
  readonly resume?: string;
  /** Whether SIGINT and SIGTERM stop after the current call, save and return; default true. */
  readonly handleSignals?: boolean;
}

export interface RestoreOptions {
  readonly keepHistory?: boolean;
}

/** What the network gave for a batch. */
export interface EvaluatedBatch {
  /** Indices in the loader's dataset, row by row. */
  readonly indices: readonly number[];
  /** The outputs that were asked for. */
  readonly output: Sample;
  /** What the network was given, targets included. */
  readonly batch: Sample;
}

export interface EvaluateOptions {
  /** What the progress bar says is going on; default `'Evaluation'`. */
  readonly label?: string;
  /** Outputs that `onBatch` gets besides those that metrics need; default none. */
  readonly outputs?: readonly string[];
  /** Told each batch's outputs, in order; the next one waits for it. */
  readonly onBatch?: (batch: EvaluatedBatch) => void | Promise<void>;
}

export interface FitResult {
  /** Means and metrics of each finished epoch, validation's with `val_`. */
  readonly history: readonly Readonly<Record<string, number>>[];
  /** Steps done in all. */
  readonly step: number;
  /** Why the training ended early, or null. */
  readonly stopped: string | null;
  /** Whether nothing is left to do: all epochs are done, or a callback such as `EarlyStopping` found that more would be of no use. */
  readonly finished: boolean;
  /** The signal that ended it, or null. */
  readonly signal: NodeJS.Signals | null;
  /** Where the state was saved last, or null. */
  readonly checkpoint: string | null;
  /** Where this run's best state is, or null. */
  readonly best: string | null;
  readonly timings: Timings;
}

/** Where the time of a training went, in milliseconds. */
export interface Timings {
  /** Inside of the engine. */
  readonly run: number;
  /** Waiting for the loader. */
  readonly data: number;
  /** Tracing, compiling and creating the state. */
  readonly compile: number;
  /** Without its compiling. */
  readonly validation: number;
  readonly save: number;
  /** From the first epoch's begin to the last one's end. */
  readonly total: number;
  /** The trainer's own and its callbacks': what is left of the total. */
  readonly host: number;
  /** Training steps these times are of. */
  readonly steps: number;
}
