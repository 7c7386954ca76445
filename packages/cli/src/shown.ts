import { relative } from 'node:path';

/** A path as it is shown: from the current folder. */
export function shown(path: string): string {
  return relative(process.cwd(), path) || '.';
}
