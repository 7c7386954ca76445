import { EngineError, MissingPackageError } from '@delira/core';
import type { Engine } from './Engine.js';

/** True when the package itself is not there, not merely something it needs. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return (
    (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') &&
    new RegExp(`Cannot find (package|module) '${name}`).test(String(message))
  );
}

/**
 * @param install the command that installs the engine.
 * @throws MissingPackageError when it is not installed, EngineError when it is there but cannot start.
 */
export async function importEngine<T>(name: Engine['name'], install: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    if (isMissing(cause, name))
      throw new MissingPackageError(`The engine ${name} is not installed. Run: ${install}`, { cause });
    throw new EngineError(
      `${name} is installed but does not start: ${(cause as Error).message}. Install it again with: ${install}`,
      { cause },
    );
  }
}
