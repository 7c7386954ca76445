/**
 * Longest call of the engine the trainer aims at, in milliseconds: callbacks, progress, stop and save wait for its end. A call costs some
 * milliseconds, and its steps keep their batches and two more copies of the state in memory: two steps of ResNet18, of 90 ms each, in a call take 10 % less
 * time and 28 % more memory.
 */
const CALL_LIMIT = 100;
/** More steps per call gain nothing measurable, but hold more batches in memory. */
const MOST_STEPS = 16;

/** How many steps go into one call of the engine: fixed, or as many as keep a call below a tenth of a second. Results do not depend on it. */
export class StepsPerCall {
  #steps: number;
  #fastest = Infinity;

  constructor(private readonly wanted: number | 'auto') {
    this.#steps = wanted === 'auto' ? 1 : wanted;
  }

  get steps(): number {
    return this.#steps;
  }

  /** Learns from a call; the first call of an engine is slow, so the fastest counts. */
  observe(steps: number, milliseconds: number): void {
    if (this.wanted !== 'auto') return;
    this.#fastest = Math.min(this.#fastest, milliseconds / steps);
    this.#steps = Math.max(1, Math.min(MOST_STEPS, Math.floor(CALL_LIMIT / this.#fastest)));
  }
}
