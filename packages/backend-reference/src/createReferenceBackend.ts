import type { Backend } from '@delira/core';
import { HostBackend } from './HostBackend.js';
import { interpreter } from './interpret.js';
import { storedDType, widen } from './Value.js';

/**
 * The oracle of all tests: interprets a Program in plain TypeScript. Every floating value, state and output included, is float64
 * whatever the Program says, so `read` and `run` give float64 arrays where the Program has float32. int32 arithmetic wraps and divides
 * towards zero; special values follow PyTorch.
 */
export function createReferenceBackend(): Backend {
  return new HostBackend({
    name: 'reference',
    storedAs: storedDType,
    keep: (array) => ({ dtype: storedDType(array.dtype), shape: array.shape, data: widen(array) }),
    prepare: interpreter,
  });
}
