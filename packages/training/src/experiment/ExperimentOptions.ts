import type { Backend, TensorsOf } from '@delira/core';
import type { Dataset, Loader } from '@delira/data-loading';
import type { FileSystem } from '@delira/io';
import type { Logger } from '@delira/logging';
import type { Parameters, Values } from '@delira/parameters';
import type { FitResult, TrainerOptions } from '../TrainerOptions.js';
import type { Summary } from './summarize.js';

/** What samples are used for. */
export type Role = 'train' | 'val' | 'test';

/** What a loader is made for. */
export interface LoaderContext<M = Values, T = Values> {
  readonly role: Role;
  /** Null: no cross-validation. */
  readonly fold: number | null;
  readonly params: Parameters<M, T>;
  /** The experiment's. */
  readonly seed: number;
}

/** What a trainer is made of, but for what the experiment gives it. */
export type BuiltTrainer<B extends TensorsOf<B>, P extends TensorsOf<P>> = Omit<
  TrainerOptions<B, P>,
  'backend' | 'savePath' | 'fold' | 'logger' | 'fileSystem'
>;

export interface ExperimentOptions<B extends TensorsOf<B>, P extends TensorsOf<P>, M = Values, T = Values> {
  /** Of the experiment's folder in `savePath`. */
  readonly name: string;
  readonly params: Parameters<M, T>;
  /** Network, optimizers, losses and the like; anew for each fold. */
  readonly build: (params: Parameters<M, T>, fold: number | null) => BuiltTrainer<B, P> | Promise<BuiltTrainer<B, P>>;
  /** How the samples of a role are drawn, transformed and batched. A loader with `dispose` is disposed of when it has served. */
  readonly loader: (dataset: Dataset, context: LoaderContext<M, T>) => Loader | Promise<Loader>;
  /** Folder of the experiment's own. */
  readonly savePath: string;
  /** Stays open. */
  readonly backend: Backend;
  /** Default: the parameter `training.epochs`. */
  readonly epochs?: number;
  /** Of the splits, and of trainers whose options have none; default 0. */
  readonly seed?: number;
  /** Default: one without handlers. The histories of each run are files in its folder. */
  readonly logger?: Logger;
  /** Whether SIGINT and SIGTERM stop a training, saved; default true. */
  readonly handleSignals?: boolean;
  /** Through which the folder is read and written; default: the disk. */
  readonly fileSystem?: FileSystem;
}

/** What `Experiment.load` is given: all that a manifest does not hold. */
export type LoadOptions<B extends TensorsOf<B>, P extends TensorsOf<P>> = Omit<
  ExperimentOptions<B, P>,
  'name' | 'params' | 'savePath' | 'epochs' | 'seed'
>;

/** What a run trains on, and what it selects its best state by. */
export interface RunDatasets {
  readonly train: Dataset;
  readonly val?: Dataset;
}

export interface KFoldOptions {
  /** Default 5. */
  readonly folds?: number;
  /** Puts samples into folds at random; default false: a fold is made of neighbours, or of neighbours in each class. */
  readonly shuffle?: boolean;
  /** The validation set of each fold: a share of what it does not test, below 1, or a number of samples; 0 for none. Default 0.2. */
  readonly valSize?: number;
}

export interface KFoldPredictOptions extends KFoldOptions {
  /** Outputs to store of each test sample; default `['pred']`. */
  readonly outputs?: readonly string[];
}

export interface ResumeOptions {
  /** Other than at first: to train longer. */
  readonly epochs?: number;
  /** To go on from, of the training that was interrupted; default: its `last.safetensors`. */
  readonly checkpoint?: string;
}

/** Which state of which training. */
export interface StateOptions {
  /** Default null: that of `run`. */
  readonly fold?: number | null;
  /** Default `'best'`, or the last one where there is no best. */
  readonly checkpoint?: 'best' | 'last' | (string & {});
}

export interface RunResult extends FitResult {
  readonly kind: 'run';
  readonly folder: string;
}

/** What came of a fold that is done. */
export interface FoldResult {
  readonly fold: number;
  readonly samples: Readonly<Record<Role, number>>;
  /** Finished epochs and steps in all. */
  readonly epochs: number;
  readonly step: number;
  /** Means and metrics of the epoch that the tested state is of, validation's with `val_`. */
  readonly selected: Readonly<Record<string, number>>;
  /** Losses and metrics over the test samples. */
  readonly test: Readonly<Record<string, number>>;
  /** Name of the tested checkpoint in the fold's folder. */
  readonly checkpoint: string;
}

/** The outputs of one sample by the network that has not seen it. */
export interface FoldPrediction {
  readonly fold: number;
  /** In the whole dataset. */
  readonly index: number;
  /** By name, without the batch's axis. */
  readonly output: FoldOutput;
}
type FoldOutput = Awaited<ReturnType<Dataset['get']>>;

export interface KFoldResult {
  readonly kind: 'kfold';
  readonly folder: string;
  /** Those that are done. */
  readonly folds: readonly FoldResult[];
  /** Of the test values, over the folds that are done. */
  readonly summary: Readonly<Record<string, Summary>>;
  /** To print. */
  readonly table: string;
  /** Whether all folds are done; otherwise `resume` goes on. */
  readonly finished: boolean;
  /** Why it was interrupted, or null. */
  readonly stopped: string | null;
  readonly signal: NodeJS.Signals | null;
  /** Of `stratifiedKfoldPredict`, from the disk, one at a time. @throws NotFoundError when none were stored. */
  predictions(): AsyncGenerator<FoldPrediction, void, void>;
}
