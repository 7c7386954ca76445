const events = ['uncaughtException', 'unhandledRejection'] as const;

/** Runs `start` and takes away the handlers of uncaught errors it installed: those are the application's to choose. */
export async function withoutNewListeners<T>(start: () => Promise<T>): Promise<T> {
  if (typeof process === 'undefined' || typeof process.listeners !== 'function') return start();
  const before = events.map((event) => new Set<unknown>(process.listeners(event as 'uncaughtException')));
  try {
    return await start();
  } finally {
    events.forEach((event, index) => {
      for (const listener of process.listeners(event as 'uncaughtException'))
        if (!before[index]!.has(listener)) process.off(event, listener);
    });
  }
}
