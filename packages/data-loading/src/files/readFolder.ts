import type { Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@delira/core';
import { naturalOrder } from './naturalOrder.js';

export interface FolderContent {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/**
 * The names in a folder, in natural order; links count as what they lead to, links to nothing not at all.
 *
 * @throws InputError naming the folder when it cannot be read.
 */
export async function readFolder(path: string): Promise<FolderContent> {
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of await entriesOf(path)) {
    const kind = entry.isSymbolicLink() ? await target(join(path, entry.name)) : entry;
    if (kind?.isDirectory()) folders.push(entry.name);
    else if (kind?.isFile()) files.push(entry.name);
  }
  return { files: files.sort(naturalOrder), folders: folders.sort(naturalOrder) };
}

/**
 * The folder's path without links, the same whatever way led to it.
 *
 * @throws InputError naming the folder when it cannot be read.
 */
export function resolveFolder(path: string): Promise<string> {
  return naming(path, () => realpath(path));
}

function entriesOf(path: string) {
  return naming(path, () => readdir(path, { withFileTypes: true }));
}

async function naming<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`The folder ${path} cannot be read: ${reason}`, { cause });
  }
}

async function target(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch {
    return null;
  }
}
