import type { Sample } from '@delira/core';
import type { Pipeline } from '@delira/data-loading';

/** What the workers of `resumeTraining` do to every sample: mirror it or not, and add noise. */
export function createPipeline(): Pipeline {
  return {
    transform: ({ data, label }, rng): Sample => {
      const [, height, width] = data!.shape as readonly [number, number, number];
      const mirrored = rng.uniform() < 0.5;
      const image = Float32Array.from({ length: height * width }, (_, position) => {
        const column = position % width;
        const source = mirrored ? position - column + (width - 1 - column) : position;
        return data!.data[source]! + 0.2 * rng.normal();
      });
      return { data: { dtype: 'float32', shape: data!.shape, data: image }, label: label! };
    },
  };
}
