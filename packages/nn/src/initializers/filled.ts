import { full, type Initializer } from '@delira/core';

/** One value everywhere, float32: `filled(0)`, `filled(1)`. */
export function filled(value: number): Initializer {
  return (_rng, shape) => full(shape, value);
}
