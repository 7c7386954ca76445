import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const find = (folder: string): string => {
  if (existsSync(join(folder, 'nx.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('No folder above this file holds nx.json: run it from inside the repository.');
  return find(parent);
};

/** The folder that holds `nx.json`: the same from `src` and from `dist`. */
export const repositoryRoot = find(dirname(fileURLToPath(import.meta.url)));
