import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Registries } from '../registries/Registries.js';
import { ModuleError } from './ModuleError.js';

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/**
 * The file that `--module` names.
 *
 * @throws ModuleError for an address that is no file's, or a file that is not there.
 */
export async function moduleOfCommandLine(given: string, folder: string): Promise<string> {
  return realFile(given, resolve(folder, pathOf(given, '--module')), '--module');
}

/**
 * The file that a config's `module` names: by a relative path, or a `file:` address, inside of the config's folder. Links are followed before
 * that is judged.
 *
 * @throws ModuleError for any other.
 */
export async function moduleOfConfig(given: string, configFile: string): Promise<string> {
  const folder = dirname(resolve(configFile));
  const path = pathOf(given, `${configFile}: module`);
  if (isAbsolute(path) && !given.startsWith('file:')) throw outside(given, configFile);
  const asked = resolve(folder, path);
  // Judged before the disk is asked, too: whether a file elsewhere exists is nobody's business.
  if (!isInside(folder, asked)) throw outside(given, configFile);
  const file = await realFile(given, asked, `${configFile}: module`);
  if (!isInside(await realpath(folder), file)) throw outside(given, configFile);
  return file;
}

/**
 * Imports a module and lets it add to the registries.
 *
 * @throws ModuleError when it cannot be imported, has no function `register`, or that fails.
 */
export async function loadModule(file: string, registries: Registries): Promise<void> {
  let imported: { readonly register?: unknown };
  try {
    imported = (await import(pathToFileURL(file).href)) as { readonly register?: unknown };
  } catch (cause) {
    throw new ModuleError(`The module ${file} cannot be imported: ${messageOf(cause)}`, { cause });
  }
  if (typeof imported.register !== 'function')
    throw new ModuleError(
      `The module ${file} exports no function register. Write: export function register({ networks }) { networks.register('Mine', …); }`,
    );
  try {
    await (imported.register as (registries: Registries) => unknown)(registries);
  } catch (cause) {
    throw new ModuleError(`register() of the module ${file} failed: ${messageOf(cause)}`, { cause });
  }
}

function pathOf(given: string, where: string): string {
  if (!SCHEME.test(given)) return given;
  if (!given.toLowerCase().startsWith('file:'))
    throw new ModuleError(`${where} is ${given.slice(0, 80)}; it must be a file on this machine.`);
  try {
    return fileURLToPath(given);
  } catch (cause) {
    throw new ModuleError(`${where} is ${given.slice(0, 80)}: ${messageOf(cause)}`, { cause });
  }
}

async function realFile(given: string, path: string, where: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    throw new ModuleError(`${where} is ${given}, but there is no file ${path}.`, { cause });
  }
}

function isInside(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

function outside(given: string, configFile: string): ModuleError {
  return new ModuleError(
    `${configFile}: module is ${given}, which is not inside of the config's folder. Name a file there by a relative path, or pass it by --module.`,
  );
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
