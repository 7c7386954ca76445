/** Repeats of a signal within this time are one: npm delivers Ctrl-C to the whole process group and then again itself. In milliseconds. */
const SAME_SIGNAL = 1500;

/**
 * Calls `onSignal` at the first SIGINT or SIGTERM; a later one, unless it is a repeat, ends the process at once with the signal's
 * code. Gives a function that stops watching.
 */
export function watchSignals(onSignal: (signal: NodeJS.Signals) => void): () => void {
  let first: number | null = null;
  const handle = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (first === null) {
      first = now;
      onSignal(signal);
    } else if (now - first > SAME_SIGNAL) {
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, handle);
  return () => {
    for (const signal of signals) process.off(signal, handle);
  };
}
