import { NonFiniteOutputError } from '../errors/index.js';
import type { Sample } from '../ndarray/index.js';

/** @throws NonFiniteOutputError for the first step, then the first output in `names`, that holds NaN or an infinity. */
export function checkFinite(outputs: readonly Sample[], names: readonly string[]): void {
  outputs.forEach((output, step) => {
    for (const name of names) {
      for (const value of output[name]?.data ?? [])
        if (!Number.isFinite(value)) throw new NonFiniteOutputError(name, step, value);
    }
  });
}
