import { EngineError } from '@delira/core';
import { Worker } from 'node:worker_threads';
import type { EngineOptions } from '../engine/EngineHost.js';
import { drainAtExit } from './drainAtExit.js';
import type { Reply, WorkerData } from './protocol.js';
import { RemoteEngine } from './RemoteEngine.js';

/**
 * The engine in a worker thread of this process. Only safe where nothing but the end of the process can end the thread: on the main
 * thread. (A worker's own workers end with it, at once, and native code that is running then aborts the process.)
 */
export function openWorker(options: EngineOptions): Promise<RemoteEngine> {
  const flags = new Int32Array(new SharedArrayBuffer(8));
  const workerData: WorkerData = { options, flags };
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData,
    name: 'delira-engine',
    // The application's flags (a loader, import conditions) are for its own files; NODE_OPTIONS holds here too.
    execArgv: [],
  });
  const release = drainAtExit(flags);
  return RemoteEngine.open({
    send: (request, transfer) => worker.postMessage(request, [...transfer]),
    listen: (onReply, onEnd) => {
      worker.on('message', (reply: Reply) => onReply(reply));
      worker.on('error', (error) =>
        onEnd(new EngineError(`The engine's thread failed: ${error.message}.`, { cause: error })),
      );
      worker.on('exit', (code) => {
        release();
        onEnd(new EngineError(`The engine's thread ended, with code ${code}. Create a new backend.`));
      });
    },
    ref: () => worker.ref(),
    unref: () => worker.unref(),
  });
}
