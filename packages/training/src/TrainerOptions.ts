import type { Backend, Loss, Network, Optimizer, TensorsOf } from '@delira/core';
import type { Logger, ProgressBar } from '@delira/logging';
import type { Metric } from '@delira/metrics';
import type { Schedule } from '@delira/optim';
import type { Callback } from './Callback.js';

export interface TrainerOptions<B extends TensorsOf<B>, P extends TensorsOf<P>> {
  readonly network: Network<B, P>;
  readonly backend: Backend;
  /** One for each of the network's groups; most networks have the group `'default'`. */
  readonly optimizers: Readonly<Record<string, Optimizer>>;
  /** Summed with weight 1 by the default step; their means are logged by name, the sum as `loss`. */
  readonly losses: Readonly<Record<string, Loss<B, P>>>;
  /** Computed over each epoch's training batches and over the validation set. */
  readonly metrics?: readonly Metric[];
  /** Value of a hyper such as `'default.lr'` for each update, counted from 0; hypers without one keep the optimizer's default. */
  readonly schedules?: Readonly<Record<string, Schedule>>;
  readonly callbacks?: readonly Callback[];
  /** Seed of initialisation and noise; default 0. Loaders and samplers have their own. */
  readonly seed?: number;
  /** Cross-validation fold, for logs and callbacks; default null. */
  readonly fold?: number | null;
  readonly logger?: Logger;
  /** Default: a bar on the standard error stream; `false` for none. */
  readonly progress?: ProgressBar | false;
  /** Steps in one call of the engine; default `'auto'`: as many as keep a call below two seconds. Results do not depend on it. */
  readonly stepsPerCall?: number | 'auto';
  /** Folder of `last.safetensors` and `best.safetensors`; without one nothing is saved. */
  readonly savePath?: string;
  /** Epochs between two checkpoints; default 1. The last epoch is always saved. */
  readonly saveFrequency?: number;
  /** What `best.safetensors` is best in; default: the first metric, on the validation set. */
  readonly monitor?: { readonly name: string; readonly better: 'higher' | 'lower' };
}

/** Where the time of a training went, in milliseconds. */
export interface Timings {
  /** Inside of the engine. */
  readonly run: number;
  /** Waiting for the loader. */
  readonly data: number;
  readonly compile: number;
  readonly validation: number;
  readonly save: number;
  /** From the first epoch's begin to the last one's end. */
  readonly total: number;
  /** The trainer's own: what is left of the total. */
  readonly host: number;
  /** Training steps these times are of. */
  readonly steps: number;
}
