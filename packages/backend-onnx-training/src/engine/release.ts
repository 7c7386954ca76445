import { MessageChannel } from 'node:worker_threads';

/**
 * Frees buffers that nobody needs any more, at once: collecting this kind of garbage is put off until long after it weighs more than the
 * engine. They are sent to a port that is closed. Buffers in shared memory are left alone.
 */
export function release(buffers: Iterable<ArrayBufferLike>): void {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  for (const buffer of buffers) if (buffer instanceof ArrayBuffer) port1.postMessage(null, [buffer]);
  port1.close();
}
