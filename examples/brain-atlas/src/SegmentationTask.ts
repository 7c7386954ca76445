import type { NDArray, Sample } from '@delira/core';
import type { Dataset } from '@delira/data-loading';
import type { ProgressBar } from '@delira/logging';
import type { UNet } from '@delira/models-segmentation';
import type { PredictionModel } from '@delira/prediction';
import type { PatchOptions } from './randomPatch.js';
import type { Brain } from './readBrain.js';

/** Class numbers by a trained network. */
export interface TaskPrediction {
  /** Of the whole volume, on the grid of the T1 image: `[z, y, x]`. */
  readonly volume: NDArray<'uint8'>;
  /** Of the task's `test`, as the network saw it: shaped like its labels. */
  readonly test: NDArray<'uint8'>;
}

/** In what the two examples differ. Samples are arrays with a row for each: `data [M, 1, ...spatial]`, `label [M, ...spatial]`. */
export interface SegmentationTask {
  /** The first line of the log. */
  readonly title: string;
  readonly brain: Brain;
  readonly network: UNet;
  /** Images of the training hemisphere. */
  readonly train: Sample;
  /** Which parts of them are trained on. */
  readonly patch: PatchOptions;
  /** Parts of the test hemisphere, looked at after each epoch; nothing is decided by it. */
  readonly validation: Dataset;
  /** What another program tests its twin of this network on. */
  readonly test: Sample;
  /** Images of the validation in one call of the engine. */
  readonly validationBatch: number;
  predict(model: PredictionModel, bar: ProgressBar): Promise<TaskPrediction>;
  /** The slices of a volume `[z, y, x]` that the picture shows, each `[height, width]`. */
  picture(array: NDArray): readonly NDArray[];
}
