import type { Backend } from '@delira/core';
import { createReferenceBackend } from './createReferenceBackend.js';

/** What `resolveBackend` of `@delira/core/discover` calls; the reference backend, which takes no options. */
export function createBackend(): Promise<Backend> {
  return Promise.resolve(createReferenceBackend());
}
