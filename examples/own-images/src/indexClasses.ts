import { InputError } from '@delira/core';
import { indexFiles } from '@delira/data-loading';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const EXTENSIONS = ['.png', '.jpg', '.jpeg', '.tif', '.tiff', '.webp'];
/** As cameras write them. */
const imageExtensions = EXTENSIONS.flatMap((extension) => [extension, extension.toUpperCase()]);

/** A folder of images with one sub-folder for each class. */
export interface ClassFolder {
  /** Names of the sub-folders, sorted: on every machine a class has the same number. */
  readonly classes: readonly string[];
  readonly images: readonly { readonly path: string; readonly label: number }[];
}

/**
 * The images of each class, those in folders further below included, in the order of their names.
 *
 * @param fewest images that a class must have.
 * @throws InputError naming the folder that is missing, empty, or holds too few images or classes.
 */
export async function indexClasses(folder: string, fewest: number): Promise<ClassFolder> {
  const classes = await classesOf(folder);
  const images: { path: string; label: number }[] = [];
  for (const [label, name] of classes.entries()) {
    const files = await indexFiles(join(folder, name), { imageExtensions });
    if (files.length < fewest)
      throw new InputError(
        `${join(folder, name)} holds ${files.length} images (${EXTENSIONS.join(', ')}); a class needs at least ${fewest}, to learn from and to be tested on. Add some, or remove the folder.`,
      );
    images.push(...files.map(({ image }) => ({ path: image, label })));
  }
  return { classes, images };
}

async function classesOf(folder: string): Promise<readonly string[]> {
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`The folder ${folder} (${resolve(folder)}) cannot be read: ${reason}`, { cause });
  }
  const names = entries
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
    .map(({ name }) => name);
  if (names.length >= 2) return names.sort(new Intl.Collator('en', { numeric: true }).compare);
  const [only] = names;
  throw new InputError(
    only === undefined
      ? `${folder} has no sub-folders. Put the images of each class into a sub-folder named after it: ${join(folder, 'cats', '1.png')}, ${join(folder, 'dogs', '1.png')}, …`
      : `${folder} has one sub-folder, ${only}, but there is nothing to tell apart with one class. Add a sub-folder for another class.`,
  );
}
