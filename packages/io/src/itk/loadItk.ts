import { stat } from 'node:fs/promises';
import { type DType, InputError } from '@delira/core';
import type { Volume } from '@delira/imaging';
import { FormatError } from '../errors.js';
import { DEFAULT_MAXIMUM_BYTES, type LoadLimits, namingFile } from '../files/loadBytes.js';
import { checkHeader } from './checkHeader.js';
import { checkPixels } from './describeSlice.js';
import { fromItk } from './itkVolume.js';
import { runItk } from './runItk.js';
import { scanDicom } from './scanDicom.js';

export interface LoadVolumeOptions extends LoadLimits {
  /** Of the array; default as stored where there is such a dtype, int32 for other integers. */
  readonly dtype?: Exclude<DType, 'float16' | 'bool'>;
}

/** Loads any file that ITK's readers know by its ending. @throws as `loadVolume`. */
export async function loadItk(path: string, options: LoadVolumeOptions): Promise<Volume> {
  return namingFile(path, async () => {
    const bytes = await checkFile(path, options);
    await checkHeader(path, options);
    const dicom = /\.dcm$/i.test(path) ? await scanDicom(path) : null;
    if (dicom !== null) checkPixels(dicom, options);
    const { maximumBytes = DEFAULT_MAXIMUM_BYTES } = options;
    return fromItk(await runItk('read', { path, maximumBytes }, bytes), options.dtype);
  });
}

/** The size of a file in bytes. @throws FormatError when it is too large, InputError when it is no file. */
export async function checkFile(path: string, { maximumBytes = DEFAULT_MAXIMUM_BYTES }: LoadLimits): Promise<number> {
  const status = await stat(path);
  if (!status.isFile()) throw new InputError('it is no file. Give the path of a file.');
  if (status.size > maximumBytes)
    throw new FormatError(
      `The file has ${status.size} bytes, beyond the limit of ${maximumBytes}. Raise maximumBytes to read it.`,
    );
  return status.size;
}
