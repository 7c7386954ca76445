import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { ArgumentError } from '@delira/core';
import type { Volume } from '@delira/imaging';
import { writeFileAtomic, type WriteOptions } from '../files/writeFileAtomic.js';
import { toItk } from '../itk/itkVolume.js';
import { runItk } from '../itk/runItk.js';
import { saveNifti } from '../nifti/writeNifti.js';
import type { StoredType } from '../numbers/encodeNumbers.js';

export interface SaveVolumeOptions extends WriteOptions {
  /** How voxels are stored; default the array's own dtype (booleans as uint8). Values that do not fit are refused. */
  readonly type?: StoredType;
}

/**
 * Saves a volume by its ending: `.nii`, `.nii.gz`, or compressed `.nrrd` and `.mha` (with `@itk-wasm/image-io`). The file is replaced as a
 * whole or not at all.
 *
 * @throws ArgumentError when the ending is unknown, or values do not fit the type.
 * @throws WriteError when the operating system refuses.
 */
export async function saveVolume(path: string, volume: Volume, options: SaveVolumeOptions = {}): Promise<void> {
  if (/\.nii(\.gz)?$/i.test(path)) return saveNifti(path, volume, options);
  const ending = extname(path).toLowerCase();
  if (ending !== '.nrrd' && ending !== '.mha')
    throw new ArgumentError(`${path} should end in one of .nii, .nii.gz, .nrrd, .mha.`);
  const image = toItk(volume, options.type);
  const folder = await mkdtemp(join(tmpdir(), 'delira-'));
  try {
    const file = join(folder, `volume${ending}`);
    await runItk('write', { path: file, image, compress: true }, volume.array.data.byteLength);
    await writeFileAtomic(path, await readFile(file), options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
