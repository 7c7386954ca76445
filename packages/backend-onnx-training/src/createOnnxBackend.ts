import { WorkerClient } from './client/WorkerClient.js';
import { EngineHost, type EngineOptions } from './engine/EngineHost.js';
import { OnnxBackend } from './OnnxBackend.js';

export interface OnnxBackendOptions extends EngineOptions {
  /**
   * Where the engine runs: in a worker thread (default), which keeps this thread responsive, or `'inline'`, which blocks it during
   * each run and aborts the process if it ends in the middle of one: for tests.
   */
  readonly thread?: 'worker' | 'inline';
}

/** @throws MissingPackageError, EngineError, ArgumentError, UnsupportedError, each with the remedy. */
export async function createOnnxBackend({
  thread = 'worker',
  ...options
}: OnnxBackendOptions = {}): Promise<OnnxBackend> {
  return new OnnxBackend(await (thread === 'worker' ? WorkerClient : EngineHost).create(options));
}
