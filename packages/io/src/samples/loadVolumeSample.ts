import { readFile } from 'node:fs/promises';
import { ArgumentError, castArray, InputError, type NDArray, type Sample, sizeOf, stackArrays } from '@delira/core';
import { gridOf, type Interpolation, resampleToImage, type Volume } from '@delira/imaging';
import { FormatError } from '../errors.js';
import { type LoadLimits, namingFile } from '../files/loadBytes.js';
import { loadVolume } from '../volumes/loadVolume.js';

/** The files of one case, as `readNnunet`, `readDecathlon` and `indexCases` of `@delira/data-loading` list them. */
export interface VolumeFiles {
  /** One channel each, or one file of several channels. */
  readonly images: readonly string[];
  /** A label volume, or a `.json` file for `labelOf`. */
  readonly label?: string | null;
  readonly mask?: string | null;
}

export interface LoadVolumeSampleOptions extends LoadLimits {
  /** Applied to the stacked images; default none: values stay as the files have them. */
  readonly normalise?: (data: NDArray) => NDArray;
  /** Makes the label of what a `.json` label file holds (delira's label generators). */
  readonly labelOf?: (content: unknown) => NDArray;
  /**
   * What to do where the files of a case lie on different grids: refuse (`'same'`, the default) or look all up on the first image's grid
   * (`'resample'`: images linearly, labels and masks to the nearest voxel).
   */
  readonly grids?: 'same' | 'resample';
}

/**
 * Loads a case's volumes as a sample (delira's `load_sample_nii`): `data` is float32 `[channels, z, y, x]`, `label` and `mask` are int32
 * `[1, z, y, x]`, and a label from JSON is whatever `labelOf` makes. Every format of `loadVolume` will do.
 *
 * @throws NotFoundError, InputError, FormatError naming the file that cannot be loaded, or that lies elsewhere than the first image.
 * @throws ArgumentError when there is no image, or a `.json` label without `labelOf`.
 */
export async function loadVolumeSample(files: VolumeFiles, options: LoadVolumeSampleOptions = {}): Promise<Sample> {
  const [first, ...others] = files.images;
  if (first === undefined) throw new ArgumentError('A case needs at least one image file.');
  const reference = await loadVolume(first, options);
  const on = (path: string, interpolation: Interpolation): Promise<Volume> =>
    loadOnGrid(path, reference, interpolation, options);
  const volumes = [reference, ...(await Promise.all(others.map((path) => on(path, 'linear'))))];
  const channels = volumes.map(({ array }) => castArray(array, 'float32'));
  const data = joinChannels(channels, files.images);
  const sample: Record<string, NDArray> = { data: options.normalise?.(data) ?? data };
  const { label, mask } = files;
  if (label !== undefined && label !== null)
    sample['label'] = /\.json$/i.test(label)
      ? await loadJsonLabel(label, options)
      : labelsOf(await on(label, 'nearest'), label);
  if (mask !== undefined && mask !== null) sample['mask'] = labelsOf(await on(mask, 'nearest'), mask);
  return sample;
}

async function loadOnGrid(
  path: string,
  reference: Volume,
  interpolation: Interpolation,
  options: LoadVolumeSampleOptions,
): Promise<Volume> {
  const loaded = await loadVolume(path, options);
  if (liesOn(loaded, reference)) return loaded;
  if (options.grids === 'resample')
    return resampleToImage(loaded, reference, {
      interpolation,
      ...(interpolation === 'nearest' ? {} : { dtype: 'float32' }),
    });
  const [a, b] = [gridOf(loaded), gridOf(reference)];
  throw new InputError(
    `${path} does not lie on the grid of the case's first image: size [${a.size.join(', ')}], spacing [${a.spacing.join(', ')}], origin [${a.origin.join(', ')}] instead of [${b.size.join(', ')}], [${b.spacing.join(', ')}], [${b.origin.join(', ')}]. Resample it beforehand, or choose grids: 'resample'.`,
  );
}

/** Equal up to what single precision in headers makes of it: a hundredth of a voxel. */
function liesOn(volume: Volume, reference: Volume): boolean {
  const [a, b] = [gridOf(volume), gridOf(reference)];
  if (a.size.some((count, axis) => count !== b.size[axis])) return false;
  const close = (x: readonly number[], y: readonly number[], limit: number): boolean =>
    x.every((value, index) => Math.abs(value - y[index]!) <= limit);
  const step = Math.min(...b.spacing);
  const extent = Math.max(...b.size);
  return (
    close(a.spacing, b.spacing, (0.01 * step) / extent) &&
    close(a.origin, b.origin, 0.01 * step) &&
    close(a.direction, b.direction, 0.01 / extent)
  );
}

function joinChannels(channels: readonly NDArray[], paths: readonly string[]): NDArray {
  const [only] = channels;
  if (channels.length === 1 && only!.shape.length === 4) return only!;
  const wrong = channels.findIndex(({ shape }) => shape.length !== 3);
  if (wrong >= 0)
    throw new InputError(`${paths[wrong]} holds more than one volume, and cannot be a channel beside others.`);
  return stackArrays(channels);
}

function labelsOf({ array }: Volume, path: string): NDArray {
  const { data, shape } = array;
  const spatial = shape.slice(-3);
  if (data.length !== sizeOf(spatial))
    throw new InputError(`${path} holds more than one volume, and cannot be a label map.`);
  for (const value of data)
    if (!Number.isInteger(value))
      throw new InputError(`${path} holds ${value}, which is no label. Labels are whole numbers.`);
  return castArray({ ...array, shape: [1, ...spatial] }, 'int32');
}

async function loadJsonLabel(path: string, { labelOf }: LoadVolumeSampleOptions): Promise<NDArray> {
  if (labelOf === undefined)
    throw new ArgumentError(`${path} needs the option labelOf, which makes a label of its content.`);
  const content = await namingFile(path, async () => {
    const text = await readFile(path, 'utf8');
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      throw new FormatError('It is not JSON.', { cause });
    }
  });
  return labelOf(content);
}
