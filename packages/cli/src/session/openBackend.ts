import type { Backend, Json } from '@delira/core';
import { findBackends, knownBackends, resolveBackend } from '@delira/core/discover';
import { readComponent } from '@delira/parameters';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../config/ConfigError.js';

/** Where this program is installed: what stands beside it comes before what stands beside the data. */
const OWN_FOLDER = dirname(fileURLToPath(import.meta.url));

/** The folders that backends are looked for in, the first one first. */
export function backendFolders(): readonly string[] {
  return [OWN_FOLDER, process.cwd()];
}

/**
 * The backend that a config, or the command line, names; `auto` is the best one installed.
 *
 * @throws MissingPackageError with the command that installs it, NotFoundError for an unknown name.
 */
export async function openBackend(description: Json, { training }: { readonly training: boolean }): Promise<Backend> {
  const { type, options } = readComponent(description, ['backend']);
  const asked = { training, options, ...(type === 'auto' ? {} : { name: type }) };
  const suits = ({ name, package: of, training: trains }: (typeof knownBackends)[number]): boolean =>
    type === 'auto' ? !training || trains !== false : type === name || type === of;
  const folders = backendFolders();
  const from = folders.find((folder) => findBackends({ from: folder }).some(suits)) ?? process.cwd();
  return resolveBackend({ ...asked, from });
}

/**
 * Refuses a package that a run's folder names: only the command line may choose code.
 *
 * @throws ConfigError
 */
export function checkRecordedBackend(description: Json, folder: string): void {
  const { type } = readComponent(description, ['backend']);
  if (type === 'auto' || knownBackends.some(({ name, package: of }) => type === name || type === of)) return;
  throw new ConfigError(
    `The run in ${folder} was begun with the backend "${type}", which is none of ${knownBackends.map(({ name }) => name).join(', ')}. A folder cannot choose what code runs: name it again by --backend ${type}, if you trust it.`,
  );
}
