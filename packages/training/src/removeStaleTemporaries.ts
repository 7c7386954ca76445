import type { FileSystem } from '@delira/io';
import { join } from 'node:path';

/** What `LineFile` of `@delira/logging` writes before it renames: `epochs.csv.1234.tmp`, with the number of the process. */
const TEMPORARY = /\.(\d{1,10})\.tmp$/;

/**
 * Removes what processes that were killed left unfinished in a folder, and leaves alone what those write that are alive. This is tidying up: whatever
 * goes wrong is left to the next time.
 *
 * @param isAlive whether there is a process of this number.
 */
export async function removeStaleTemporaries(
  folder: string,
  files: FileSystem,
  isAlive: (processId: number) => boolean,
): Promise<void> {
  const names = await files.list(folder).catch(() => []);
  for (const name of names) {
    const processId = TEMPORARY.exec(name)?.[1];
    if (processId !== undefined && !isAlive(Number(processId)))
      await files.remove(join(folder, name)).catch(() => undefined);
  }
}
