import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgumentError, InputError } from '@delira/core';
import { readFolder } from './readFolder.js';

/** One case: the name of its folder, and the paths of its files by key. */
export interface Case<Key extends string = string> {
  readonly name: string;
  readonly files: Readonly<Record<Key, string>>;
}

/**
 * The cases of a folder in which each sub-folder is one case, holding files of the same names: `{ t1: 't1.nii.gz', label: 'mask.nii.gz' }`.
 * In natural order of the sub-folders' names.
 *
 * @throws InputError naming the folder that cannot be read, or the file that a case lacks or that may not be read.
 */
export async function indexCases<Key extends string>(
  folder: string,
  files: Readonly<Record<Key, string>>,
): Promise<readonly Case<Key>[]> {
  const wanted = Object.entries<string>(files);
  if (wanted.length === 0) throw new ArgumentError("Say which files a case has: { image: 'image.nii.gz', … }.");
  const { folders } = await readFolder(folder);
  return Promise.all(
    folders.map(async (name) => {
      const paths = wanted.map(([key, file]) => [key, join(folder, name, file)] as const);
      await Promise.all(
        paths.map(async ([key, path]) => {
          try {
            await access(path, constants.R_OK);
          } catch (cause) {
            const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'ENOENT';
            const reason = code === 'ENOENT' ? '' : ` (${code})`;
            throw new InputError(`Case ${name} lacks its ${key}: there is no readable file ${path}${reason}.`, {
              cause,
            });
          }
        }),
      );
      return { name, files: Object.fromEntries(paths) as Record<Key, string> };
    }),
  );
}
