import { DTypeError, InputError, NotFoundError } from '@delira/core';
import { FormatError } from '../errors.js';
import { nodeFileSystem, systemCode } from './FileSystem.js';

export interface LoadLimits {
  /** Most bytes to read from a file, and most to decompress or decode it into; default 4 GiB. */
  readonly maximumBytes?: number;
}

export const DEFAULT_MAXIMUM_BYTES = 2 ** 32;

/**
 * Reads a whole file into memory of its own.
 *
 * @throws FormatError when it is larger than the limit, or shrinks while it is read.
 */
export async function loadBytes(
  path: string,
  { maximumBytes = DEFAULT_MAXIMUM_BYTES }: LoadLimits,
): Promise<Uint8Array> {
  const file = await nodeFileSystem.openForReading(path);
  try {
    const { size, isFolder } = await file.status();
    if (isFolder) throw new InputError('it is a folder. Give the path of a file.');
    if (size > maximumBytes)
      throw new FormatError(
        `The file has ${size} bytes, beyond the limit of ${maximumBytes}. Raise maximumBytes to read it.`,
      );
    const bytes = new Uint8Array(size);
    for (let done = 0; done < size;) {
      const read = await file.read(bytes.subarray(done), done);
      if (read === 0)
        throw new FormatError(`The file ended at byte ${done} while it was read: something is truncating it.`);
      done += read;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

/** Runs something that reads a file, so that every error names the file. @throws NotFoundError, InputError, FormatError, DTypeError. */
export async function namingFile<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof FormatError) throw new FormatError(`${path}: ${cause.message}`, { cause });
    if (cause instanceof InputError) throw new InputError(`${path}: ${cause.message}`, { cause });
    if (cause instanceof DTypeError) throw new DTypeError(`${path}: ${cause.message}`, { cause });
    const reason = systemCode(cause);
    if (reason === 'ENOENT') throw new NotFoundError(`There is no file ${path}. Check the path.`, { cause });
    if (reason !== null)
      throw new InputError(`${path} could not be read (${reason}). Check its permissions and the disk.`, { cause });
    throw cause;
  }
}
