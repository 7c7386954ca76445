import { InputError, type NDArray, NotFoundError } from '@delira/core';
import { FORMAT } from './checkpoint/format.js';
import { loadCheckpoint, type ReadOptions } from './checkpoint/loadCheckpoint.js';
import { FormatError } from './errors.js';
import { nodeFileSystem, systemCode } from './files/FileSystem.js';
import { withTensorFile } from './safetensors/TensorFile.js';

/**
 * Reads the tensors of a safetensors file by name, for example one exported from PyTorch with `safetensors.torch.save_file(model.state_dict(), …)`.
 * Types are read as `readSafetensors` does. A checkpoint is read as well, with its checksum verified.
 *
 * @throws NotFoundError when there is no such file.
 * @throws FormatError when it is not a whole safetensors file.
 * @throws CheckpointError when it is a damaged checkpoint.
 * @throws InputError when the operating system does not let it be read.
 */
export async function loadWeights(path: string, options: ReadOptions = {}): Promise<ReadonlyMap<string, NDArray>> {
  try {
    const plain = await withTensorFile(path, options.fileSystem ?? nodeFileSystem, options, async (file) =>
      file.metadata['format'] === FORMAT ? null : file.read(),
    );
    return plain ?? (await loadCheckpoint(path, options)).tensors;
  } catch (cause) {
    if (cause instanceof FormatError) throw new FormatError(`${path}: ${cause.message}`, { cause });
    const reason = systemCode(cause);
    if (reason === 'ENOENT')
      throw new NotFoundError(`There is no file ${path} to load weights from. Check the path.`, { cause });
    if (reason !== null)
      throw new InputError(`${path} could not be read (${reason}). Check its permissions and the disk.`, { cause });
    throw cause;
  }
}
