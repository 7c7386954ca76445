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
  /** One number in shared memory, 1 once somebody has begun: a request that waits in one worker may be given to another. */
  readonly claim: Int32Array;
  readonly epoch: number;
  readonly draws: readonly Draw[];
  /** Loaded by the main thread, where the pipeline has no dataset. */
  readonly samples: readonly Sample[] | null;
}

/** Whether the request is still there to be begun; whoever asks has begun it. */
export function claim(request: Pick<BatchRequest, 'claim'>): boolean {
  return Atomics.compareExchange(request.claim, 0, 0, 1) === 0;
}

export function createClaim(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** The first reply has neither: the pipeline is built, and from now on the worker is at work. */
export type BatchReply =
  | { readonly id: null }
  | { readonly id: number; readonly sample: Sample }
  | { readonly id: number; readonly message: string; readonly stack: string };
