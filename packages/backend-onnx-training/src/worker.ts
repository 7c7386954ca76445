import { parentPort, workerData } from 'node:worker_threads';
import { EngineHost } from './engine/EngineHost.js';
import { toPlainError } from './client/plainError.js';
import { FLAG, type Reply, type Request, type WorkerData } from './client/protocol.js';

const { options, flags } = workerData as WorkerData;
const port = parentPort!;

function reply(message: Reply): void {
  port.postMessage(message);
}

/** Marks native code as running, so that an exiting process waits for it: ending inside of it would abort. */
async function guarded<R>(task: () => Promise<R>): Promise<R> {
  Atomics.add(flags, FLAG.running, 1);
  try {
    if (Atomics.load(flags, FLAG.stop) === 1) return await new Promise<never>(() => undefined);
    return await task();
  } finally {
    Atomics.sub(flags, FLAG.running, 1);
    Atomics.notify(flags, FLAG.running);
  }
}

async function answer(host: EngineHost, { id, method, args }: Request): Promise<void> {
  try {
    const call = host[method] as (...args: readonly unknown[]) => Promise<unknown>;
    const value = await guarded(() => call.apply(host, [...args]));
    reply({ id, value });
  } catch (error) {
    reply({ id, error: toPlainError(error) });
  }
  if (method === 'dispose') port.close();
}

try {
  const host = await guarded(() => EngineHost.create(options));
  port.on('message', (request: Request) => void answer(host, request));
  reply({ id: 0, ready: host.info });
} catch (error) {
  reply({ id: 0, error: toPlainError(error) });
  port.close();
}
