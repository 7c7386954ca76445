import { relative } from 'node:path';

/** A path as a user would type it. */
export function shownPath(path: string): string {
  return relative(process.cwd(), path) || '.';
}
