import { existsSync } from 'node:fs';
import { shownPath } from './shownPath.js';

/** @throws Error if there is no checkpoint to go on from. */
export function checkResumable(checkpoint: string): void {
  if (existsSync(checkpoint)) return;
  throw new Error(`There is nothing to resume: ${shownPath(checkpoint)} does not exist. Run without --resume first.`);
}
