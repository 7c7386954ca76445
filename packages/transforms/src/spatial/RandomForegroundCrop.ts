import { InputError, type NDArray, type Rng, type Sample, sizeOf } from '@delira/core';
import { Augmentation } from '../Augmentation.js';
import { checkProbability } from '../compose/checkProbability.js';
import type { EntryOptions } from '../entries/EntryOptions.js';
import { perAxis, sizePerAxis } from '../entries/perAxis.js';
import { spatialEntriesOf } from '../entries/spatialEntriesOf.js';
import { centredOffset, cutWindow, type FillOptions, type WindowParameters } from './cutWindow.js';
import { drawOffset } from './RandomCrop.js';

export interface RandomForegroundCropOptions extends EntryOptions, FillOptions {
  /** Voxels along each spatial axis; one number for all of them. */
  readonly size: number | readonly number[];
  /** That the window is put around a voxel of the foreground, not anywhere; default 1/3, as nnU-Net. */
  readonly probability?: number;
  /** The values that count as foreground; default all but 0. */
  readonly classes?: readonly number[];
  /** Key of the mask that says where the foreground is; default the first mask. */
  readonly foreground?: string;
}

export interface ForegroundParameters extends WindowParameters {
  /** The class the window was put around; `null` for a window anywhere. */
  readonly class: number | null;
}

/**
 * Patches that hold foreground more often than chance would: one of the classes in the mask is drawn, all equally likely, then one of its
 * voxels, and the window is centred there as far as it stays within the sample (nnU-Net's oversampling of foreground, MONAI's
 * `RandCropByLabelClasses`). Samples without foreground, and the others, give a window anywhere, as `RandomCrop`. The dtypes stay.
 */
export class RandomForegroundCrop extends Augmentation<ForegroundParameters> {
  readonly name = 'RandomForegroundCrop';
  readonly options: RandomForegroundCropOptions;

  /** @throws ArgumentError when the probability does not lie in [0, 1]. */
  constructor(options: RandomForegroundCropOptions) {
    super();
    this.options = options;
    checkProbability(options.probability ?? 1 / 3);
  }

  /** @throws InputError when the sample has no such mask. */
  override draw(sample: Sample, rng: Rng): ForegroundParameters {
    const { probability = 1 / 3, classes, foreground } = this.options;
    const { masks, spatial } = spatialEntriesOf(sample, this.options);
    const size = sizePerAxis(this.options.size, spatial.length);
    const key = foreground ?? masks[0];
    if (key === undefined || !masks.includes(key))
      throw new InputError(
        `${key === undefined ? 'The sample has no mask' : `"${key}" is no mask`} that says where the foreground is. Name one with the options "mask" and "foreground".`,
      );
    const anywhere = drawOffset(spatial, size, perAxis(0, spatial.length, 'margin'), rng.fork('anywhere'));
    if (rng.uniform() >= probability) return { offset: anywhere, size, class: null };
    const counts = countClasses(sample[key]!, classes);
    const present = [...counts.keys()].sort((a, b) => a - b);
    if (present.length === 0) return { offset: anywhere, size, class: null };
    const chosen = present[rng.int(present.length)]!;
    const voxel = findNth(sample[key]!, chosen, rng.int(counts.get(chosen)!)) % sizeOf(spatial);
    return { offset: around(voxel, spatial, size), size, class: chosen };
  }

  /** @throws ShapeError when entries do not lie on the same voxels. */
  override apply(sample: Sample, parameters: ForegroundParameters): Sample {
    return cutWindow(sample, parameters, this.options);
  }
}

function countClasses({ data }: NDArray, classes: readonly number[] | undefined): Map<number, number> {
  const counts = new Map<number, number>();
  let [value, count] = [0, 0];
  const close = (): void => {
    if (count > 0 && (classes === undefined ? value !== 0 : classes.includes(value)))
      counts.set(value, (counts.get(value) ?? 0) + count);
  };
  // Neighbours are mostly equal: the map is asked once for each run of them.
  for (const each of data) {
    if (each === value) count++;
    else {
      close();
      [value, count] = [each, 1];
    }
  }
  close();
  return counts;
}

/** The offset of the n-th voxel, from 0, that has this value. */
function findNth({ data }: NDArray, value: number, n: number): number {
  let left = n;
  let at = data.indexOf(value);
  while (left > 0) {
    at = data.indexOf(value, at + 1);
    left--;
  }
  return at;
}

function around(voxel: number, spatial: readonly number[], size: readonly number[]): readonly number[] {
  const centred = centredOffset(spatial, size);
  let rest = voxel;
  const place = spatial.map((_, axis) => {
    const stride = sizeOf(spatial.slice(axis + 1));
    const index = Math.floor(rest / stride);
    rest -= index * stride;
    return index;
  });
  return spatial.map((count, axis) => {
    const last = count - size[axis]!;
    if (last < 0) return centred[axis]!;
    return Math.min(last, Math.max(0, place[axis]! - Math.floor(size[axis]! / 2)));
  });
}
