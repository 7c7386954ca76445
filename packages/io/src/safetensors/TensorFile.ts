import type { NDArray } from '@delira/core';
import { FormatError } from '../errors.js';
import type { FileStatus, FileSystem, OpenFile } from '../files/FileSystem.js';
import {
  headerLength,
  parseHeader,
  PREFIX_BYTES,
  type SafetensorsHeader,
  type SafetensorsLimits,
} from './parseHeader.js';
import { decodeTensor } from './TensorType.js';

/** A safetensors file on disk whose header has been read and checked. */
export interface TensorFile extends SafetensorsHeader {
  readonly status: FileStatus;
  /**
   * Reads every tensor into memory of its own.
   *
   * @param inspect is shown the bytes of each, in the order of the file.
   */
  read(inspect?: (bytes: Uint8Array) => void): Promise<ReadonlyMap<string, NDArray>>;
}

/** Opens a file for the time of `use`. @throws FormatError, or whatever the file system throws. */
export async function withTensorFile<T>(
  path: string,
  fileSystem: FileSystem,
  limits: SafetensorsLimits,
  use: (file: TensorFile) => Promise<T>,
): Promise<T> {
  const file = await fileSystem.openForReading(path);
  try {
    const status = await file.status();
    const length = headerLength(await readExactly(file, 0, Math.min(PREFIX_BYTES, status.size)), status.size, limits);
    const dataStart = PREFIX_BYTES + length;
    const header = parseHeader(await readExactly(file, PREFIX_BYTES, length), status.size - dataStart);
    return await use({
      ...header,
      status,
      read: async (inspect) => {
        const tensors = new Map<string, NDArray>();
        for (const { name, type, shape, begin, end } of header.entries) {
          const bytes = await readExactly(file, dataStart + begin, end - begin);
          inspect?.(bytes);
          tensors.set(name, decodeTensor(name, type, shape, bytes));
        }
        return tensors;
      },
    });
  } finally {
    await file.close();
  }
}

async function readExactly(file: OpenFile, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const read = await file.read(bytes.subarray(done), position + done);
    if (read === 0)
      throw new FormatError(`The file ended at byte ${position + done} while it was read: something is truncating it.`);
    done += read;
  }
  return bytes;
}
