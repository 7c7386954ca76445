import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whole lines of a file that may not be there yet. */
export function linesIn(...path: readonly string[]): number {
  const file = join(...path);
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
