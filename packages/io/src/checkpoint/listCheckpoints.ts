import { join } from 'node:path';
import type { Json } from '@delira/core';
import { CheckpointError } from '../errors.js';
import { nodeFileSystem, systemCode } from '../files/FileSystem.js';
import { checkpointMetadata, type ReadOptions, withCheckpointFile } from './loadCheckpoint.js';

/** A checkpoint in a folder, told by its header alone: its tensors are checked when it is loaded. */
export type CheckpointInfo =
  | {
      readonly path: string;
      readonly bytes: number;
      /** Milliseconds since 1970. */ readonly modified: number;
      readonly meta: Json;
      readonly error: null;
    }
  | { readonly path: string; readonly error: CheckpointError };

/**
 * The checkpoints (`*.safetensors`) of a folder, ordered by name, damaged ones included with their error; safetensors files that are no
 * checkpoints are left out. A folder that does not exist has none.
 *
 * @throws CheckpointError when the folder cannot be read.
 */
export async function listCheckpoints(folder: string, options: ReadOptions = {}): Promise<readonly CheckpointInfo[]> {
  const names = await namesIn(folder, options);
  const found: CheckpointInfo[] = [];
  for (const name of names) {
    const path = join(folder, name);
    try {
      found.push(await describe(path, options));
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      if (error.problem !== 'foreign' && error.problem !== 'missing') found.push({ path, error });
    }
  }
  return found;
}

function describe(path: string, options: ReadOptions): Promise<CheckpointInfo> {
  return withCheckpointFile(path, options, async (file) => {
    const { meta } = checkpointMetadata(file, path);
    return Promise.resolve({
      path,
      bytes: file.status.size,
      modified: file.status.modified,
      meta: JSON.parse(meta) as Json,
      error: null,
    });
  });
}

async function namesIn(folder: string, options: ReadOptions): Promise<readonly string[]> {
  try {
    const names = await (options.fileSystem ?? nodeFileSystem).list(folder);
    return names.filter((name) => name.endsWith('.safetensors') && !name.startsWith('.')).sort();
  } catch (cause) {
    const reason = systemCode(cause);
    if (reason === 'ENOENT') return [];
    if (reason === null) throw cause;
    throw new CheckpointError(
      `The folder ${folder} could not be read (${reason}). Check its permissions.`,
      folder,
      'unreadable',
      { cause },
    );
  }
}
