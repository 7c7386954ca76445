import { ArgumentError, formatShape, InputError, type NDArray, type Sample, sizeOf } from '@delira/core';
import { Augmentation } from './Augmentation.js';
import { masksOf } from './entries/entriesOf.js';
import type { EntryOptions } from './entries/EntryOptions.js';
import { replaceEntries } from './entries/replaceEntries.js';
import { spatialEntriesOf } from './entries/spatialEntriesOf.js';

export interface OneHotOptions extends EntryOptions {
  /** How many classes, 0…K-1, or the values of the classes in the order of the channels. */
  readonly classes: number | readonly number[];
  /** What a value that is no class becomes: an error (the default), or zeros in all channels. */
  readonly others?: 'error' | 'zeros';
}

/**
 * Masks `[...spatial]` or `[1, ...spatial]` as `[K, ...spatial]` of zeros and ones, float32 (batchgenerators' `ConvertSegToOnehotTransform`).
 * Draws nothing. Put it last: what it makes is an image to transforms that tell kinds by dtype.
 */
export class OneHot extends Augmentation<null> {
  readonly name = 'OneHot';
  readonly options: OneHotOptions;

  /** @throws ArgumentError when there are no classes. */
  constructor(options: OneHotOptions) {
    super();
    this.options = options;
    if (classesOf(options).length === 0) throw new ArgumentError('OneHot was given no classes.');
  }

  override draw(): null {
    return null;
  }

  /** @throws InputError when a mask holds a value that is no class, or has several channels. */
  override apply(sample: Sample): Sample {
    const { spatial } = spatialEntriesOf(sample, this.options);
    const { others = 'error' } = this.options;
    const classes = classesOf(this.options);
    return replaceEntries(sample, masksOf(sample, this.options), (array, key) =>
      expand(array, { key, spatial, classes, others }),
    );
  }
}

function classesOf({ classes }: OneHotOptions): readonly number[] {
  return typeof classes === 'number' ? Array.from({ length: classes }, (_, value) => value) : classes;
}

interface Expansion {
  readonly key: string;
  readonly spatial: readonly number[];
  readonly classes: readonly number[];
  readonly others: 'error' | 'zeros';
}

function expand({ data, shape }: NDArray, { key, spatial, classes, others }: Expansion): NDArray {
  const size = sizeOf(spatial);
  if (data.length !== size)
    throw new InputError(`The mask "${key}" has shape ${formatShape(shape)}. Expected one channel.`);
  const channelOf = new Map(classes.map((value, channel) => [value, channel]));
  const target = new Float32Array(classes.length * size);
  for (let i = 0; i < size; i++) {
    const channel = channelOf.get(data[i]!);
    if (channel !== undefined) target[channel * size + i] = 1;
    else if (others === 'error')
      throw new InputError(
        `The mask "${key}" holds ${data[i]}, which is none of the classes ${classes.join(', ')}. List it, or set "others" to 'zeros'.`,
      );
  }
  return { dtype: 'float32', shape: [classes.length, ...spatial], data: target };
}
