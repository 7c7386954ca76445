import { ArgumentError, didYouMean } from '@delira/core';
import { isMainThread } from 'node:worker_threads';
import type { EngineClient } from './client/EngineClient.js';
import { openProcess } from './client/openProcess.js';
import { openWorker } from './client/openWorker.js';
import { EngineHost, type EngineOptions } from './engine/EngineHost.js';
import { OnnxBackend } from './OnnxBackend.js';

const openings = {
  worker: openWorker,
  process: openProcess,
  inline: (options: EngineOptions) => EngineHost.create(options),
} as const satisfies Readonly<Record<string, (options: EngineOptions) => Promise<EngineClient>>>;

export interface OnnxBackendOptions extends EngineOptions {
  /**
   * Where the engine runs. `'worker'` (default on the main thread): in a worker thread, so that this thread stays responsive; a
   * process that ends lets the run in flight finish. `'process'` (default on other threads, which can be terminated at any time): in a
   * process of its own, for a copy of batches and outputs per run. `'inline'`: in this thread, which is blocked during runs; ending
   * the process then aborts it: for tests.
   */
  readonly thread?: keyof typeof openings;
}

/**
 * Starts onnxruntime-node.
 *
 * @throws MissingPackageError, EngineError, ArgumentError, UnsupportedError, each with the remedy.
 */
export async function createOnnxBackend({
  thread = isMainThread ? 'worker' : 'process',
  ...options
}: OnnxBackendOptions = {}): Promise<OnnxBackend> {
  if (!Object.hasOwn(openings, thread)) {
    const known = Object.keys(openings);
    throw new ArgumentError(`thread is "${thread}".${didYouMean(thread, known)} It can be ${known.join(', ')}.`);
  }
  return new OnnxBackend(await openings[thread](options));
}
