import type { Json, NDArray } from '@delira/core';
import { type FileSystem, nodeFileSystem } from '../files/FileSystem.js';
import { replaceFile, writeFully, type WriteOptions } from '../files/writeFileAtomic.js';
import { stringifyJson } from '../stringifyJson.js';
import { bytesOf, layoutSafetensors } from '../safetensors/writeSafetensors.js';
import { type CheckpointMetadata, FORMAT, startDigest, VERSION } from './format.js';

/** Everything a run needs to go on. */
export interface Checkpoint {
  /** Weights, running statistics, optimizer state…, by name. */
  readonly tensors: ReadonlyMap<string, NDArray>;
  /** Everything else: step, epoch, seed, best score, the network's config… */
  readonly meta: Json;
}

const CHUNK_BYTES = 8 * 1024 * 1024;
const EMPTY_DIGEST = '0'.repeat(64);

/**
 * Saves a checkpoint as one safetensors file whose metadata holds `meta` as JSON and a SHA-256 of it all: one file, so that weights and
 * JSON cannot come apart. Any safetensors reader can read the tensors, and `head -c 2000` shows the JSON. Atomic and durable as
 * `writeFileAtomic`.
 *
 * @param path by convention ends in `.safetensors`; only then `listCheckpoints` finds it. Missing folders are created.
 * @param checkpoint not to be changed until the promise is settled.
 * @throws ArgumentError when `meta` is not JSON: nothing is written.
 * @throws WriteError when the operating system refuses: the file that was there before is unchanged.
 */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint, options: WriteOptions = {}): Promise<void> {
  const fileSystem: FileSystem = options.fileSystem ?? nodeFileSystem;
  const meta = stringifyJson(checkpoint.meta, 'meta');
  const { entries, encodeHeader } = layoutSafetensors(checkpoint.tensors);
  const header = (sha256: string): Uint8Array => {
    const metadata: CheckpointMetadata = { format: FORMAT, version: VERSION, sha256, meta };
    return encodeHeader({ ...metadata });
  };
  await replaceFile(
    path,
    async (file) => {
      const digest = startDigest(VERSION, meta, entries);
      const dataStart = header(EMPTY_DIGEST).length;
      for (const { array, begin } of entries) {
        const bytes = bytesOf(array);
        for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
          const chunk = bytes.subarray(start, start + CHUNK_BYTES);
          // The disk writes a chunk while this thread hashes it.
          const writing = writeFully(file, chunk, dataStart + begin + start);
          digest.update(chunk);
          await writing;
        }
      }
      await writeFully(file, header(digest.digest('hex')), 0);
    },
    fileSystem,
  );
}
