import { TraceError } from '../errors/index.js';
import type { Trace } from './Trace.js';

// Two copies of this package may be loaded at once (independently versioned dependents); they must see one trace.
const key = Symbol.for('@delira/trace');
const holder = globalThis as { [key]?: Trace | null };

/** @throws TraceError when nothing is being traced. */
export function currentTrace(): Trace {
  const trace = holder[key];
  if (trace === undefined || trace === null) {
    throw new TraceError(
      'Tensors exist only while a step is being traced. Call this inside predict, trainStep, evalStep or trace(...).',
    );
  }
  return trace;
}

/** Runs `body` with `trace` as the current one; restores the previous one whatever happens. */
export function withTrace<R>(trace: Trace, body: () => R): R {
  const previous = holder[key] ?? null;
  holder[key] = trace;
  try {
    return body();
  } finally {
    holder[key] = previous;
  }
}
