import type { Json } from '@delira/core';
import { addScalars, type ScalarSums } from './ScalarMeans.js';

/** What must not change about the training loader in the middle of an epoch. */
export interface LoaderShape {
  /** Batches per epoch. */
  readonly batches: number;
  /** Samples per epoch. */
  readonly samples: number;
  /** Samples in the epoch's first batch: a last batch with fewer is left out. */
  readonly rows: number;
}

/** Where a run is: with the variables, everything a resumed run needs to go on bit for bit. */
export interface RunPosition {
  /** Epoch in progress, from 0; equal to the number of epochs once all are done. */
  readonly epoch: number;
  /** Batches of that epoch done. */
  readonly batch: number;
  /** Steps done in all. */
  readonly step: number;
  readonly seed: number;
  /** The loader of the epoch in progress; null before its first batch. */
  readonly loader: LoaderShape | null;
  /** Sums of the epoch's scalars so far. */
  readonly sums: ScalarSums;
  /** States of the training metrics so far, by name. */
  readonly metrics: Readonly<Record<string, Json>>;
  /** Means and metrics of each finished epoch. */
  readonly history: readonly Readonly<Record<string, number>>[];
  /** Best value of the monitored metric so far; null before the first. */
  readonly best: number | null;
  /** Hypers that callbacks have set. */
  readonly hyper: Readonly<Record<string, number>>;
}

/** A position as a checkpoint holds it. */
export interface SavedPosition extends RunPosition {
  /** What callbacks remember, by their place and kind. */
  readonly callbacks: Readonly<Record<string, Json>>;
}

export function startOfRun(seed: number): RunPosition {
  return {
    epoch: 0,
    batch: 0,
    step: 0,
    seed,
    loader: null,
    sums: {},
    metrics: {},
    history: [],
    best: null,
    hyper: {},
  };
}

/** What one step gave. */
export interface StepResult {
  readonly scalars: Readonly<Record<string, number>>;
  /** States of the training metrics after it. */
  readonly metrics: Readonly<Record<string, Json>>;
  /** Samples in its batch. */
  readonly rows: number;
  readonly loader: LoaderShape;
}

export function afterStep(position: RunPosition, { scalars, metrics, rows, loader }: StepResult): RunPosition {
  return {
    ...position,
    batch: position.batch + 1,
    step: position.step + 1,
    loader,
    sums: addScalars(position.sums, scalars, rows),
    metrics,
  };
}

export function afterEpoch(
  position: RunPosition,
  values: Readonly<Record<string, number>>,
  best: number | null,
): RunPosition {
  return {
    ...position,
    epoch: position.epoch + 1,
    batch: 0,
    loader: null,
    sums: {},
    metrics: {},
    history: [...position.history, values],
    best,
  };
}
