import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { type Kept, WriteError } from '../errors.js';
import { type FileStatus, type FileSystem, nodeFileSystem, type OpenFile, systemCode } from './FileSystem.js';

export interface WriteOptions {
  /** Default: the real one. */
  readonly fileSystem?: FileSystem;
}

/**
 * Writes a file so that its path holds either the whole old content or the whole new one, whatever happens in between, and returns when
 * the new one is durable. Missing folders are created; the permissions of a file that is replaced are kept; a symbolic link stays a link.
 *
 * @param data bytes, or text to be written as UTF-8.
 * @throws WriteError when the operating system refuses, saying what is at the path now.
 */
export async function writeFileAtomic(
  path: string,
  data: Uint8Array | string,
  options: WriteOptions = {},
): Promise<void> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  await replaceFile(path, (file) => writeFully(file, bytes, 0), options.fileSystem ?? nodeFileSystem);
}

/** As `writeFileAtomic`, with the content written by a function. Its own errors pass through; the old file stays. */
export async function replaceFile(
  path: string,
  write: (file: OpenFile) => Promise<void>,
  fileSystem: FileSystem,
): Promise<void> {
  let kept: Kept = 'nothing';
  try {
    const target = await unlessMissing(fileSystem.resolveLinks(path), path);
    const previous = await unlessMissing<FileStatus | null>(fileSystem.status(target), null);
    if (previous !== null) kept = 'previous';
    const folder = dirname(target);
    await fileSystem.makeFolder(folder);
    const name = basename(target);
    await removeStale(folder, name, fileSystem);
    const temporary = join(folder, `.${name}.${randomBytes(8).toString('hex')}.tmp`);
    await createWith(temporary, previous?.mode ?? null, write, fileSystem);
    try {
      await fileSystem.rename(temporary, target);
    } catch (error) {
      await removeQuietly(temporary, fileSystem);
      throw error;
    }
    kept = 'new';
    await fileSystem.syncFolder(folder);
  } catch (error) {
    const reason = systemCode(error);
    if (reason === null) throw error;
    throw new WriteError(`Could not write ${path}: ${explain(reason, error)} ${STATE[kept]}`, path, kept, reason, {
      cause: error,
    });
  }
}

async function createWith(
  path: string,
  mode: number | null,
  write: (file: OpenFile) => Promise<void>,
  fileSystem: FileSystem,
): Promise<void> {
  const file = await fileSystem.create(path);
  try {
    try {
      if (mode !== null) await file.setMode(mode);
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await removeQuietly(path, fileSystem);
    throw error;
  }
}

/** Writes all of `bytes` from `position` on. */
export async function writeFully(file: OpenFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written), position + written);
  }
}

async function unlessMissing<T>(result: Promise<T>, fallback: T): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return fallback;
    throw error;
  }
}

/**
 * Removes what a process that was killed left of earlier attempts. Saving takes seconds: a temporary file of an hour ago is nobody's. This
 * is tidying up, so whatever goes wrong is left to the next attempt.
 */
async function removeStale(folder: string, name: string, fileSystem: FileSystem): Promise<void> {
  const names = await fileSystem.list(folder).catch(() => []);
  for (const path of names.filter((each) => isTemporaryOf(name, each)).map((each) => join(folder, each))) {
    const status = await fileSystem.status(path).catch(() => null);
    if (status !== null && Date.now() - status.modified > STALE_AFTER) await removeQuietly(path, fileSystem);
  }
}

function isTemporaryOf(name: string, candidate: string): boolean {
  return candidate.startsWith(`.${name}.`) && /^[0-9a-f]{16}\.tmp$/.test(candidate.slice(name.length + 2));
}

/** The error that led here matters more than one about tidying up. */
async function removeQuietly(path: string, fileSystem: FileSystem): Promise<void> {
  await fileSystem.remove(path).catch(() => undefined);
}

/** In milliseconds. */
const STALE_AFTER = 3_600_000;

const STATE: Readonly<Record<Kept, string>> = {
  nothing: 'There was no such file before, and there is none now.',
  previous: 'The file that was there before is unchanged.',
  new: 'The new file is complete and in its place, but a power failure could still undo it.',
};

function explain(reason: string, error: unknown): string {
  switch (reason) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `the disk is full (${reason}). Free some space, or choose another disk.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `permission denied (${reason}). Choose a folder that may be written to.`;
    case 'EIO':
      return `the disk reported an error (${reason}). Check the disk, or choose another one.`;
    case 'EISDIR':
      return `there is a folder of that name (${reason}). Choose another name.`;
    default:
      return `${error instanceof Error ? error.message : reason}.`;
  }
}
