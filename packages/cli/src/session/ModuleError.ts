import { DeliraError } from '@delira/core';

/** A module of the user's own is missing, lies where it must not, or cannot be used. */
export class ModuleError extends DeliraError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('MODULE', message, options);
  }
}
