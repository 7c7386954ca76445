import type { MessagePort, Transferable } from 'node:worker_threads';
import { createRng, InputError, type Sample } from '@delira/core';
import { collate } from '../collate.js';
import { loadSample, makeBatch } from '../loadBatch.js';
import { loadPipeline } from './Pipeline.js';
import { type BatchReply, type BatchRequest, claim, type WorkerSetup } from './protocol.js';

/**
 * Answers requests one after the other, but for those that were given to another worker meanwhile: a request that ends this thread is always the
 * first that was not answered.
 */
export async function serveBatches(port: MessagePort, { source, seed }: WorkerSetup): Promise<void> {
  const pipeline = await loadPipeline(source);
  const parts = {
    transform: pipeline.transform ?? null,
    collate: pipeline.collate ?? collate,
    rng: createRng(seed).fork('transform'),
  };
  const load = async ({ draws, samples }: BatchRequest, position: number): Promise<Sample> => {
    const sample = samples?.[position];
    if (sample !== undefined) return sample;
    if (pipeline.dataset === undefined) throw new InputError('Neither the pipeline nor the loader has a dataset.');
    return loadSample(pipeline.dataset, draws[position]!.index);
  };
  const answer = async (request: BatchRequest): Promise<void> => {
    if (!claim(request)) return;
    let reply: BatchReply;
    let transfer: readonly Transferable[] = [];
    try {
      const sample = await makeBatch(parts, request.epoch, request.draws, (position) => load(request, position));
      reply = { id: request.id, sample };
      // The default collate has just made these arrays. A collate of the user's may have passed on what a dataset keeps.
      if (pipeline.collate === undefined)
        transfer = Object.values(sample).map(({ data }) => data.buffer as ArrayBuffer);
    } catch (error) {
      const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
      reply = { id: request.id, message, stack };
    }
    port.postMessage(reply, transfer);
  };
  const ready: BatchReply = { id: null };
  port.postMessage(ready);
  let last = Promise.resolve();
  port.on('message', (request: BatchRequest) => {
    last = last.then(() => answer(request));
  });
}
