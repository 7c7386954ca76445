import { DeliraError } from '@delira/core';

/** A config cannot be used. The message names the file, and where in it. */
export class ConfigError extends DeliraError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('CONFIG', message, options);
  }
}

const OF_CONTENT: readonly unknown[] = ['PARAMETERS', 'ARGUMENT', 'NOT_FOUND'];

/** Puts the file's name before what is wrong with its content. */
export function namingConfig<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && OF_CONTENT.includes(cause.code))
      throw new ConfigError(`${file}: ${cause.message}`, { cause });
    throw cause;
  }
}
