import { ArgumentError, type Rng, type Sample } from '@delira/core';
import { Augmentation } from '../Augmentation.js';
import { checkProbability } from '../compose/checkProbability.js';
import type { EntryOptions } from '../entries/EntryOptions.js';
import { replaceEntries } from '../entries/replaceEntries.js';
import { spatialEntriesOf } from '../entries/spatialEntriesOf.js';
import { identityTable, mirrorTable } from '../kernels/axisTables.js';
import { gather } from '../kernels/gather.js';

export interface MirrorOptions extends EntryOptions {
  /** Spatial axes that may be flipped, counted from 0 in the order of the array; default all of them. */
  readonly axes?: readonly number[];
  /** That an axis is flipped; default 0.5. */
  readonly probability?: number;
}

export interface MirrorParameters {
  /** The spatial axes that are flipped. */
  readonly axes: readonly number[];
}

/** Flips axes, each with a probability of its own, images and masks together (batchgenerators' `MirrorTransform`). The dtypes stay. */
export class Mirror extends Augmentation<MirrorParameters> {
  readonly name = 'Mirror';
  readonly options: MirrorOptions;

  /** @throws ArgumentError when an axis is none of 0, 1, 2, or the probability does not lie in [0, 1]. */
  constructor(options: MirrorOptions = {}) {
    super();
    this.options = options;
    checkAxes(options.axes ?? [], 3);
    checkProbability(options.probability ?? 0.5);
  }

  override draw(sample: Sample, rng: Rng): MirrorParameters {
    const { axes, probability = 0.5 } = this.options;
    const { spatial } = spatialEntriesOf(sample, this.options);
    checkAxes(axes ?? [], spatial.length);
    return { axes: (axes ?? spatial.map((_, axis) => axis)).filter(() => rng.uniform() < probability) };
  }

  /** @throws ShapeError when entries do not lie on the same voxels. */
  override apply(sample: Sample, { axes }: MirrorParameters): Sample {
    const { images, masks, spatial } = spatialEntriesOf(sample, this.options);
    checkAxes(axes, spatial.length);
    if (axes.length === 0) return sample;
    const tables = spatial.map((count, axis) => (axes.includes(axis) ? mirrorTable(count) : identityTable(count)));
    return replaceEntries(sample, [...images, ...masks], (array) => gather(array, tables, 0));
  }
}

function checkAxes(axes: readonly number[], rank: number): void {
  const wrong = axes.find((axis) => !Number.isInteger(axis) || axis < 0 || axis >= rank);
  if (wrong !== undefined)
    throw new ArgumentError(`${wrong} is none of the spatial axes 0…${rank - 1}. The channel axis is not counted.`);
}
