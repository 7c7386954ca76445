import { MissingPackageError } from '@delira/core';

/**
 * Loads a package that is an optional peer.
 *
 * @param load `() => import(name)`, so that bundlers see the name.
 * @throws MissingPackageError saying what to install.
 */
export async function importOptional<T>(name: string, purpose: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    if (!isMissing(name, cause)) throw cause;
    throw new MissingPackageError(`${purpose} takes the package ${name}, which is not installed: npm install ${name}`, {
      cause,
    });
  }
}

/** True when the package itself is not there, not merely something it needs. */
function isMissing(name: string, error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  return (
    missing &&
    [`Cannot find package '${name}'`, `Cannot find module '${name}'`].some((start) => String(message).includes(start))
  );
}
