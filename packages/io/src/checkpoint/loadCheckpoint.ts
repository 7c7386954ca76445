import type { Json } from '@delira/core';
import { CheckpointError, FormatError } from '../errors.js';
import { type FileSystem, nodeFileSystem, systemCode } from '../files/FileSystem.js';
import type { SafetensorsLimits } from '../safetensors/parseHeader.js';
import { type TensorFile, withTensorFile } from '../safetensors/TensorFile.js';
import { type CheckpointMetadata, FORMAT, startDigest, VERSION } from './format.js';
import type { Checkpoint } from './saveCheckpoint.js';

export interface ReadOptions extends SafetensorsLimits {
  /** Default: the real one. */
  readonly fileSystem?: FileSystem;
}

/**
 * Loads a checkpoint, after every byte of it was checked.
 *
 * @throws CheckpointError saying what is wrong with the file, and what to do. Whether it belongs to your model is for you to check.
 */
export async function loadCheckpoint(path: string, options: ReadOptions = {}): Promise<Checkpoint> {
  return withCheckpointFile(path, options, async (file) => {
    const { version, sha256, meta } = checkpointMetadata(file, path);
    const digest = startDigest(version, meta, file.entries);
    const tensors = await file.read((bytes) => digest.update(bytes));
    if (digest.digest('hex') !== sha256) throw damaged(path, 'its content does not match its checksum');
    return { tensors, meta: JSON.parse(meta) as Json };
  });
}

/** As `withTensorFile`, with errors told as problems of a checkpoint. */
export async function withCheckpointFile<T>(
  path: string,
  options: ReadOptions,
  use: (file: TensorFile) => Promise<T>,
): Promise<T> {
  try {
    return await withTensorFile(path, options.fileSystem ?? nodeFileSystem, options, use);
  } catch (cause) {
    if (cause instanceof FormatError) throw damaged(path, cause.message, cause);
    const reason = systemCode(cause);
    if (reason === 'ENOENT')
      throw new CheckpointError(
        `There is no checkpoint at ${path}. Check the path; listCheckpoints shows those of a folder.`,
        path,
        'missing',
        { cause },
      );
    if (reason !== null) {
      throw new CheckpointError(
        `${path} could not be read (${reason}). Check its permissions and the disk.`,
        path,
        'unreadable',
        { cause },
      );
    }
    throw cause;
  }
}

/** @throws CheckpointError when the file is no checkpoint, or one of a later version. */
export function checkpointMetadata({ metadata }: TensorFile, path: string): CheckpointMetadata {
  const { format, version, sha256, meta } = metadata as Partial<Record<keyof CheckpointMetadata, string>>;
  if (format !== FORMAT) {
    throw new CheckpointError(
      `${path} is a safetensors file, but not a checkpoint. Use loadWeights to read plain weights.`,
      path,
      'foreign',
    );
  }
  if (version !== VERSION) {
    throw new CheckpointError(
      `${path} has version ${version} of the checkpoint format; this library reads version ${VERSION}. Update @delira/io.`,
      path,
      'version',
    );
  }
  if (sha256 === undefined || meta === undefined) throw damaged(path, 'its checksum or its JSON is missing');
  return { format, version, sha256, meta };
}

function damaged(path: string, why: string, cause?: unknown): CheckpointError {
  const sentence = why.endsWith('.') ? why : `${why}.`;
  return new CheckpointError(
    `${path} is damaged: ${sentence} Nothing was loaded. Use another checkpoint, or copy this one again.`,
    path,
    'damaged',
    { cause },
  );
}
