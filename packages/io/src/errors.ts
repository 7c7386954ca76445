import { DeliraError } from '@delira/core';

/** Bytes are not what their file format says: malformed, truncated, or beyond a limit. */
export class FormatError extends DeliraError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('FORMAT', message, options);
  }
}

/** What is at the path after a failed write: nothing, the file that was there before, or the new one (complete, but not surely durable). */
export type Kept = 'nothing' | 'previous' | 'new';

/** A file could not be written. Whatever was at its path before is still there, whole, unless `kept` is `'new'`. */
export class WriteError extends DeliraError {
  constructor(
    message: string,
    readonly path: string,
    readonly kept: Kept,
    /** The operating system's name of the error: `'ENOSPC'`, `'EACCES'`, `'EIO'`… */
    readonly reason: string,
    options?: { readonly cause?: unknown },
  ) {
    super('WRITE', message, options);
  }
}

/**
 * Why a checkpoint cannot be used: there is no such file, it may not be read, it is whole but no checkpoint (`'foreign'`), its bytes are
 * not those that were saved, or a newer version of this library wrote it.
 */
export type CheckpointProblem = 'missing' | 'unreadable' | 'foreign' | 'damaged' | 'version';

/** A checkpoint could not be loaded. Nothing of it was returned. */
export class CheckpointError extends DeliraError {
  constructor(
    message: string,
    readonly path: string,
    readonly problem: CheckpointProblem,
    options?: { readonly cause?: unknown },
  ) {
    super('CHECKPOINT', message, options);
  }
}
