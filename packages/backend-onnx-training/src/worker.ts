import { parentPort, workerData } from 'node:worker_threads';
import { FLAG, type WorkerData } from './client/protocol.js';
import { serveEngine } from './client/serveEngine.js';

const { options, flags } = workerData as WorkerData;
const port = parentPort!;

function leave(): void {
  Atomics.sub(flags, FLAG.running, 1);
  Atomics.notify(flags, FLAG.running);
}

await serveEngine(options, {
  reply: (reply) => port.postMessage(reply),
  listen: (onRequest) => void port.on('message', onRequest),
  close: () => port.close(),
  // Marks native code as running, so that an exiting process waits for it: ending inside of it would abort.
  async guard(task) {
    Atomics.add(flags, FLAG.running, 1);
    if (Atomics.load(flags, FLAG.stop) === 1) {
      leave();
      return new Promise<never>(() => undefined);
    }
    try {
      return await task();
    } finally {
      leave();
    }
  },
});
