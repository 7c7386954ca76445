import type { Rng } from '@delira/core';

/** A format whose reader is given damaged inputs. */
export interface FuzzFormat {
  readonly name: string;
  /** Intact inputs, which are read without an error. Always the same ones. @param folder for formats that are written to files. */
  intact(folder: string): Promise<readonly Uint8Array[]>;
  /** A change that only somebody who knows the format would make: a header's field, a chunk, a compressed stream. */
  damage(bytes: Uint8Array, rng: Rng): Uint8Array;
  /** Puts an input where its reader takes it from. @param folder one of its own, for readers of files. */
  prepare(bytes: Uint8Array, folder: string): Promise<Prepared>;
}

export interface Prepared {
  /** A path that errors have to name; `null` where the reader is given bytes. */
  readonly path: string | null;
  /** May throw errors of this project, and nothing else. */
  read(): Promise<unknown>;
}

/** Most bytes that a reader is allowed to make of an input. */
export const MAXIMUM_BYTES = 2 ** 26;
