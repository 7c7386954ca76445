import { InputError, type NDArray, type Rng, type Sample } from '@delira/core';
import { imagesOf } from './entriesOf.js';
import type { ImageOptions } from './EntryOptions.js';
import { readFloat, replaceEntries } from './replaceEntries.js';

/** What was drawn for the channels of each image: one for each, or a single one for all. */
export type ChannelParameters<P> = Readonly<Record<string, readonly P[]>>;

export interface ChannelOptions extends ImageOptions {
  /** Whether each channel is treated on its own; default true. */
  readonly perChannel?: boolean;
}

/** Draws for each image and channel, in the order of the sample. */
export function drawChannels<P>(
  sample: Sample,
  { perChannel = true, ...options }: ChannelOptions,
  rng: Rng,
  draw: (rng: Rng, values: () => Float32Array, rank: number) => P,
): ChannelParameters<P> {
  const drawn: Record<string, readonly P[]> = {};
  for (const key of imagesOf(sample, options)) {
    const array = sample[key]!;
    const count = perChannel ? array.shape[0]! : 1;
    const length = array.data.length / count;
    drawn[key] = Array.from({ length: count }, (_, channel) =>
      draw(rng, () => readFloat(array).subarray(channel * length, (channel + 1) * length), array.shape.length - 1),
    );
  }
  return drawn;
}

/**
 * Images with each channel rewritten, as float32. Where one parameter is for all channels they are seen as one.
 *
 * @throws InputError when the sample has other entries or channels than the parameters were drawn for.
 */
export function mapChannels<P>(
  sample: Sample,
  parameters: ChannelParameters<P>,
  change: (source: Float32Array, target: Float32Array, parameter: P) => void,
): Sample {
  checkEntries(sample, parameters);
  return replaceEntries(sample, Object.keys(parameters), (array, key) => {
    const drawn = parameters[key]!;
    checkChannels(array, key, drawn);
    const source = readFloat(array);
    const target = new Float32Array(source.length);
    const length = source.length / drawn.length;
    drawn.forEach((parameter, index) => {
      const [start, end] = [index * length, (index + 1) * length];
      change(source.subarray(start, end), target.subarray(start, end), parameter);
    });
    return { dtype: 'float32', shape: array.shape, data: target };
  });
}

/** The same for changes that look at neighbours: one channel at a time, whether or not they share a parameter. */
export function mapEachChannel<P>(
  sample: Sample,
  parameters: ChannelParameters<P>,
  change: (source: Float32Array, target: Float32Array, parameter: P, spatial: readonly number[]) => void,
): Sample {
  checkEntries(sample, parameters);
  return replaceEntries(sample, Object.keys(parameters), (array, key) => {
    const drawn = parameters[key]!;
    checkChannels(array, key, drawn);
    const source = readFloat(array);
    const target = new Float32Array(source.length);
    const [channels, ...spatial] = array.shape;
    const length = source.length / channels!;
    for (let channel = 0; channel < channels!; channel++) {
      const [start, end] = [channel * length, (channel + 1) * length];
      const parameter = drawn[drawn.length === 1 ? 0 : channel]!;
      change(source.subarray(start, end), target.subarray(start, end), parameter, spatial);
    }
    return { dtype: 'float32', shape: array.shape, data: target };
  });
}

function checkEntries(sample: Sample, parameters: ChannelParameters<unknown>): void {
  imagesOf(sample, { image: Object.keys(parameters) });
}

function checkChannels({ shape }: NDArray, key: string, drawn: readonly unknown[]): void {
  if (drawn.length !== 1 && drawn.length !== shape[0])
    throw new InputError(`"${key}" has ${shape[0]} channels, the parameters are for ${drawn.length}.`);
}
