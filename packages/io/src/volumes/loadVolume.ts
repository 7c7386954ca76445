import { stat } from 'node:fs/promises';
import { ArgumentError, type NDArray } from '@delira/core';
import { type Volume, volume } from '@delira/imaging';
import { loadDicomSeries } from '../itk/loadDicomSeries.js';
import { loadItk, type LoadVolumeOptions } from '../itk/loadItk.js';
import { loadImage } from '../images/readImage.js';
import { loadNifti } from '../nifti/readNifti.js';

/** Endings that ITK reads. */
const ITK = /\.(nrrd|nhdr|mha|mhd|dcm)$/i;

/**
 * Loads a volume by its ending: `.nii` and `.nii.gz`, or a pair of `.hdr` and `.img`; `.nrrd`, `.mha`, `.mhd` and a single `.dcm` (with `@itk-wasm/image-io`); `.tif`, whose
 * pages are the slices, and other images as a single slice (with sharp); or a folder, as a DICOM series (with `@itk-wasm/dicom`).
 *
 * @throws ArgumentError when the ending is unknown.
 * @throws NotFoundError, InputError, FormatError, MissingPackageError as the format's own function, naming the file.
 */
export async function loadVolume(path: string, options: LoadVolumeOptions = {}): Promise<Volume> {
  if (/\.(nii|hdr|img)(\.gz)?$/i.test(path)) return loadNifti(path, options);
  if (ITK.test(path)) return loadItk(path, options);
  if (/\.tiff?$/i.test(path)) return volume(pagesAsSlices(await loadImage(path, { ...options, page: 'all' })));
  if (/\.(png|jpe?g|webp|gif)$/i.test(path)) return volume(pagesAsSlices(await loadImage(path, options)));
  const isFolder = await stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
  if (isFolder) return loadDicomSeries(path, options);
  throw new ArgumentError(
    `${path} should be a folder of DICOM slices, or end in one of .nii, .nii.gz, .hdr, .nrrd, .mha, .mhd, .dcm, .tif, .png, .jpg.`,
  );
}

/** `[pages, channels, y, x]` as `[channels, z, y, x]`, or `[z, y, x]` where there is one channel. */
function pagesAsSlices({ dtype, shape, data }: NDArray): NDArray {
  const [pages, channels, height, width] = (shape.length === 3 ? [1, ...shape] : shape) as [
    number,
    number,
    number,
    number,
  ];
  if (channels === 1) return { dtype, shape: [pages, height, width], data };
  const area = height * width;
  const ordered = data.slice();
  for (let page = 0; page < pages; page++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = (page * channels + channel) * area;
      ordered.set(data.subarray(from, from + area), (channel * pages + page) * area);
    }
  }
  return { dtype, shape: [channels, pages, height, width], data: ordered };
}
