import type { Sample } from '@delira/core';
import type { Draw } from '../loadBatch.js';
import type { PipelineSource } from './Pipeline.js';

/** What a worker is started with. */
export interface WorkerSetup {
  readonly source: Required<PipelineSource>;
  readonly seed: number;
}

export interface BatchRequest {
  readonly id: number;
  readonly epoch: number;
  readonly draws: readonly Draw[];
  /** Loaded by the main thread, where the pipeline has no dataset. */
  readonly samples: readonly Sample[] | null;
}

/** The first reply has neither: the pipeline is built, and from now on the worker is at work. */
export type BatchReply =
  | { readonly id: null }
  | { readonly id: number; readonly sample: Sample }
  | { readonly id: number; readonly message: string; readonly stack: string };
