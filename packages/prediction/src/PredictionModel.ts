import type { NDArray } from '@delira/core';

/** Predictions `[N, K]` or `[N, K, ...spatial]` for a batch `[N, C, ...spatial]`. */
export type PredictFunction = (batch: NDArray) => Promise<NDArray>;

/** What predicts batches: all that a Predictor knows of a network and its engine. */
export interface PredictionModel {
  readonly predict: PredictFunction;
  /** Frees what the model compiled; the state and the backend stay. */
  dispose?(): Promise<void>;
}
