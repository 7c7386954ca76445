import { InputError } from '@delira/core';
import { indexFiles } from '@delira/data-loading';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { InputCase } from './DataSource.js';

const EXTENSIONS = ['.png', '.jpg', '.jpeg', '.tif', '.tiff', '.webp', '.gif'];

/** As cameras write them. */
export const imageExtensions = EXTENSIONS.flatMap((extension) => [extension, extension.toUpperCase()]);

const volumeExtensions = ['.nii.gz', '.nii', '.nrrd', '.mha', '.mhd'];

/** Whether a file's name is that of a 2D image; anything else is read as a volume. */
export function isImage(path: string): boolean {
  return EXTENSIONS.some((extension) => path.toLowerCase().endsWith(extension));
}

/** A file's name without its ending, `.nii.gz` as a whole. */
export function stemOf(path: string): string {
  const name = basename(path);
  const known = [...volumeExtensions, ...EXTENSIONS].find((extension) => name.toLowerCase().endsWith(extension));
  return known === undefined ? name : name.slice(0, -known.length);
}

export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw new InputError(`There is no file or folder ${path}. Check the path.`, { cause });
  }
}

/** One case for each file: the file itself, or all in a folder and those below it. @throws InputError */
export async function filesAt(path: string, rank: 2 | 3): Promise<readonly InputCase[]> {
  if (!(await isFolder(path))) return [{ name: stemOf(path), files: [path] }];
  const extensions = rank === 2 ? imageExtensions : volumeExtensions;
  const files = await indexFiles(path, { imageExtensions: extensions });
  if (files.length === 0) throw new InputError(`${path} holds no file that ends in one of ${extensions.join(', ')}.`);
  return files.map(({ image }) => ({ name: stemOf(image), files: [image] }));
}

/** The error for a dataset's folder, in which nothing can be looked for. */
export function unreadable(what: string, folder: string, cause: unknown): InputError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  const reason =
    code === 'ENOENT'
      ? 'there is none. A relative path starts from the folder of the config; check dataset.options.folder.'
      : code === 'ENOTDIR'
        ? 'it is a file. Name the folder it is in.'
        : cause instanceof Error
          ? cause.message
          : String(cause);
  return new InputError(`${what} ${folder} cannot be read: ${reason}`, { cause });
}
