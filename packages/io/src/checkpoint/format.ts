import { createHash, type Hash } from 'node:crypto';
import type { TensorEntry } from '../safetensors/parseHeader.js';

export const FORMAT = 'delira-checkpoint';
export const VERSION = '1';

/** What a checkpoint's safetensors header holds in `__metadata__`. */
export interface CheckpointMetadata {
  readonly format: typeof FORMAT;
  readonly version: string;
  /** Of everything else: version, meta, the tensors' names, types, shapes and places, and their bytes. */
  readonly sha256: string;
  /** The caller's JSON, as text. */
  readonly meta: string;
}

/** A hash that has seen everything but the tensors' bytes. */
export function startDigest(version: string, meta: string, entries: readonly TensorEntry[]): Hash {
  const table = entries.map(({ name, type, shape, begin, end }) => [name, type, shape, begin, end]);
  return createHash('sha256').update(JSON.stringify([FORMAT, version, meta, table]));
}
