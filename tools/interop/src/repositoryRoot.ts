import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const find = (folder: string): string => (existsSync(join(folder, 'nx.json')) ? folder : find(dirname(folder)));

/** The folder that holds `nx.json`: the same from `src` and from `dist`. */
export const repositoryRoot = find(dirname(fileURLToPath(import.meta.url)));
