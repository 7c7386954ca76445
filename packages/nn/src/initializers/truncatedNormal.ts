import { allocate, ArgumentError, type Initializer, sizeOf } from '@delira/core';

export interface TruncatedNormalOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Standard deviation before truncation. Default 1. */
  readonly deviation?: number;
  /** Smallest value drawn. Default −2, as in PyTorch: a value, not a number of deviations. */
  readonly low?: number;
  /** Largest value drawn. Default 2. */
  readonly high?: number;
}

/**
 * Normal, drawn again until the value lies in [low, high]; float32. The distribution of PyTorch's `trunc_normal_`.
 *
 * @throws ArgumentError when the interval is so far out that hardly any draw would be kept.
 */
export function truncatedNormal(options: TruncatedNormalOptions = {}): Initializer {
  const { mean = 0, deviation = 1, low = -2, high = 2 } = options;
  if (!(low < high && deviation > 0 && low < mean + 3 * deviation && high > mean - 3 * deviation))
    throw new ArgumentError(
      `truncatedNormal: [${low}, ${high}] must be an interval that reaches within three deviations (${deviation}) of the mean ${mean}.`,
    );
  return (rng, shape) => {
    const data = allocate('float32', sizeOf(shape));
    for (let index = 0; index < data.length; index++) {
      let value = mean + deviation * rng.normal();
      while (value < low || value > high) value = mean + deviation * rng.normal();
      data[index] = value;
    }
    return { dtype: 'float32', shape, data };
  };
}
