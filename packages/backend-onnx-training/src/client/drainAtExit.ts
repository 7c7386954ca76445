import { FLAG } from './protocol.js';

/** Longest wait of an exiting process for the request in flight, in milliseconds. */
const LIMIT = 60_000;

const engines = new Set<Int32Array>();

function drain(): void {
  const deadline = Date.now() + LIMIT;
  for (const flags of engines) Atomics.store(flags, FLAG.stop, 1);
  for (const flags of engines) {
    for (
      let running = Atomics.load(flags, FLAG.running);
      running > 0 && Date.now() < deadline;
      running = Atomics.load(flags, FLAG.running)
    ) {
      Atomics.wait(flags, FLAG.running, running, 1000);
    }
  }
}

/**
 * Ending the process while native code runs in a worker aborts it: the exiting main thread lets the request in flight finish, and no
 * other start. Gives the function that ends this.
 */
export function drainAtExit(flags: Int32Array): () => void {
  if (engines.size === 0) process.on('exit', drain);
  engines.add(flags);
  return () => {
    if (engines.delete(flags) && engines.size === 0) process.off('exit', drain);
  };
}
