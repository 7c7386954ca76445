import type { NDArray } from '@delira/core';
import type { Dataset } from '@delira/data-loading';
import type { Volume } from '@delira/imaging';
import type { ProgressBar } from '@delira/logging';
import type { DataFacts } from '../registries/Registries.js';

/** Something to predict: the files of one sample, one for each channel or one with all. */
export interface InputCase {
  readonly name: string;
  readonly files: readonly string[];
}

export interface LoadedInput {
  /** float32 `[C, ...spatial]`, as the dataset's samples have it. */
  readonly data: NDArray;
  /** The first file, of a volume, as it is: `data` may have another spacing. Null for an image. */
  readonly volume: Volume | null;
}

export interface LoadDataOptions {
  readonly progress: ProgressBar | false;
  /** Whether workers will ask for samples, which shared memory gives them without a copy; default false. */
  readonly shared?: boolean;
}

/** A dataset that was found, and is not loaded yet. */
export interface OpenedData {
  readonly facts: DataFacts;
  /** Samples there are. */
  readonly length: number;
  load(options: LoadDataOptions): Promise<Dataset>;
}

/** What a config's `dataset` describes: samples to learn from, and how inputs are read to be predicted alike. */
export interface DataSource {
  /** Decides what predictions are: a class of each input, or of each pixel. */
  readonly task: 'classification' | 'segmentation';
  /**
   * Looks for the samples.
   *
   * @throws InputError naming the folder or file that does not fit.
   */
  open(): Promise<OpenedData>;
  /** Another source of the same kind in another folder: to test on. */
  elsewhere(folder: string): DataSource;
  /** The cases that a path names: a file, or a folder. @throws InputError when there is none. */
  inputs(path: string): Promise<readonly InputCase[]>;
  read(input: InputCase): Promise<LoadedInput>;
}
