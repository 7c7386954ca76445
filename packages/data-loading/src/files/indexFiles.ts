import { join } from 'node:path';
import { ArgumentError, InputError } from '@delira/core';
import { naturalOrder } from './naturalOrder.js';
import { readFolder, resolveFolder } from './readFolder.js';

export interface IndexFilesOptions {
  /** Endings of image files, such as `['.png']` or `['.nii.gz', '.nii']`; upper and lower case count. */
  readonly imageExtensions: readonly string[];
  /**
   * What replaces the image's ending in the names of its label files, which lie beside it: `['.txt']`, `['_seg.nii.gz', '_age.txt']`. Default:
   * none, for images without labels.
   */
  readonly labelExtensions?: readonly string[];
  /**
   * What to do where a label file is missing: `'error'` (default); `'null'` for a `null` in its place; `'skip'` to leave the image out.
   */
  readonly missingLabels?: 'error' | 'null' | 'skip';
}

/** A file and the files that belong to it. */
export interface IndexedFile {
  readonly image: string;
  /** One per entry of `labelExtensions`, in that order; `null` only where the option `missingLabels` allows it. */
  readonly labels: readonly (string | null)[];
}

/**
 * The images of a folder and all folders below it, each with its label files. Sorted by path in natural order (`case2` before `case10`), so
 * that every machine gives the same list. Links are followed; a folder that was visited under another name is not visited again.
 *
 * @throws ArgumentError when an ending is empty.
 * @throws InputError naming the folder that cannot be read, or the image whose label is missing.
 */
export async function indexFiles(folder: string, options: IndexFilesOptions): Promise<readonly IndexedFile[]> {
  const { imageExtensions, labelExtensions = [], missingLabels = 'error' } = options;
  if (imageExtensions.length === 0 || [...imageExtensions, ...labelExtensions].includes(''))
    throw new ArgumentError("imageExtensions needs at least one ending such as '.png', and no ending may be empty.");
  // The longest first: 'scan.nii.gz' ends with '.gz' too.
  const endings = imageExtensions.toSorted((a, b) => b.length - a.length);
  const found: IndexedFile[] = [];
  for await (const { path, files } of foldersOf(folder, new Set())) {
    const names = new Set(files);
    for (const name of files) {
      const ending = endings.find((each) => name.endsWith(each));
      if (ending === undefined) continue;
      const stem = name.slice(0, -ending.length);
      if (labelExtensions.some((extension) => isLabel(name, extension, endings, names))) continue;
      const labels = labelExtensions.map((extension) => {
        const label = stem + extension;
        return names.has(label) ? join(path, label) : null;
      });
      const missing = labels.indexOf(null);
      if (missing >= 0 && missingLabels === 'skip') continue;
      if (missing >= 0 && missingLabels === 'error')
        throw new InputError(
          `${join(path, name)} has no label file ${stem}${labelExtensions[missing]} beside it. Add it, or choose missingLabels: 'null' or 'skip'.`,
        );
      found.push({ image: join(path, name), labels });
    }
  }
  return found.toSorted((a, b) => naturalOrder(a.image, b.image));
}

/** Whether a file is the label of another one that is there: with `_seg.png` beside `.png`, `a_seg.png` is if there is an `a.png`. */
function isLabel(name: string, extension: string, endings: readonly string[], names: ReadonlySet<string>): boolean {
  if (!name.endsWith(extension)) return false;
  const stem = name.slice(0, -extension.length);
  return endings.some((ending) => stem + ending !== name && names.has(stem + ending));
}

interface Folder {
  readonly path: string;
  readonly files: readonly string[];
}

/** A folder and all below it; one that links lead to again is visited once. */
async function* foldersOf(path: string, seen: Set<string>): AsyncGenerator<Folder> {
  const { files, folders } = await readFolder(path);
  const real = await resolveFolder(path);
  if (seen.has(real)) return;
  seen.add(real);
  yield { path, files };
  for (const name of folders) yield* foldersOf(join(path, name), seen);
}
