import { InputError, ndarray, type NDArray } from '@delira/core';

/** Something done to an image before a network sees it, as plain data. */
export type PreprocessingStep =
  /** Values below `low` and above `high` become these. */
  | { readonly type: 'clip'; readonly low: number; readonly high: number }
  /** (x − mean) / deviation, with one number for all channels or one for each. */
  | { readonly type: 'normalize'; readonly mean: readonly number[]; readonly deviation: readonly number[] }
  /** Linearly, so that the image's smallest value becomes `low` and its largest `high`; an image of one value becomes `low`. */
  | { readonly type: 'rescale'; readonly low: number; readonly high: number }
  /** To mean 0 and deviation 1 of the whole image; an image of one value becomes 0. */
  | { readonly type: 'standardize' };

type Mapped = (value: number, channel: number) => number;

function linear({ data }: NDArray<'float32'>, step: PreprocessingStep, channels: number): Mapped {
  switch (step.type) {
    case 'clip':
      return (value) => Math.min(Math.max(value, step.low), step.high);
    case 'normalize': {
      const { mean, deviation } = step;
      for (const [name, { length }] of Object.entries({ mean, deviation }))
        if (length !== 1 && length !== channels)
          throw new InputError(
            `The preprocessing step normalize has ${length} numbers in "${name}", but the image has ${channels} channels. Give an image of ${length} channels.`,
          );
      const at = (numbers: readonly number[], channel: number): number => numbers[numbers.length === 1 ? 0 : channel]!;
      return (value, channel) => (value - at(mean, channel)) / at(deviation, channel);
    }
    case 'rescale': {
      let [smallest, largest] = [Infinity, -Infinity];
      for (const value of data) [smallest, largest] = [Math.min(smallest, value), Math.max(largest, value)];
      const factor = largest > smallest ? (step.high - step.low) / (largest - smallest) : 0;
      return (value) => step.low + (value - smallest) * factor;
    }
    case 'standardize': {
      let [sum, squares] = [0, 0];
      for (const value of data) sum += value;
      const mean = sum / data.length;
      for (const value of data) squares += (value - mean) ** 2;
      const deviation = Math.sqrt(squares / data.length);
      return (value) => (deviation > 0 ? (value - mean) / deviation : 0);
    }
  }
}

/**
 * What a network's description says is to be done to an image.
 *
 * @param image `[C, ...spatial]` of any dtype but float16; it stays as it is.
 * @returns float32.
 * @throws InputError when the image has another number of channels.
 */
export function preprocess(image: NDArray, steps: readonly PreprocessingStep[]): NDArray<'float32'> {
  const channels = image.shape[0] ?? 1;
  const size = image.data.length / channels;
  return steps.reduce(
    (current, step) => {
      const map = linear(current, step, channels);
      const data = current.data.map((value, index) => map(value, Math.floor(index / size)));
      return { ...current, data };
    },
    ndarray(Float32Array.from(image.data), image.shape),
  );
}
