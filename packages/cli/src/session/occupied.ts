import { RunFolderError } from '@delira/training';
import { shown } from '../shown.js';

/** The error for a folder that a new run cannot have, in the words of the command line. */
export function occupied(folder: string, cause?: unknown): RunFolderError {
  return new RunFolderError(
    `${shown(folder)} holds a run already. Go on with it: delira resume ${shown(folder)}; or choose another folder: -o RUN; or remove this one.`,
    folder,
    'occupied',
    { cause },
  );
}

/** The same error in the words of the command line, where they differ. */
export function inCommands(error: unknown, folder: string): unknown {
  return error instanceof RunFolderError && error.problem === 'occupied' ? occupied(folder, error) : error;
}
