import { DeliraError } from '@delira/core';

/** The command line itself is wrong. The process ends with code 2. */
export class UsageError extends DeliraError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('USAGE', message, options);
  }
}
